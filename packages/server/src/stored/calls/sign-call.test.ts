import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authenticationTypes } from '../../../../../test/support/authentication-types.ts'
import { createCredential } from '../../../../../test/support/credentials.ts'
import { createIntegration, putConnection } from '../../../../../test/support/integrations.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'

const KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const aws = { kind: 'aws_sigv4', accessKeyId: 'AKIDEXAMPLE', region: 'us-east-1', service: 's3' }
const simple = { kind: 'hmac_sha256', clientId: 'client-1', scheme: 'simple' }

let server: TestServer
let s3: string
let hmac: string

beforeAll(async () => {
  server = await startTestServer()
  s3 = await make({ baseUrl: 'https://s3.example.com/bucket', auth: aws }, { secretAccessKey: KEY })
  hmac = await make({ auth: simple }, { clientSecret: KEY })
})
afterAll(() => server.close())

async function make(
  changes: { readonly auth: { readonly kind: string }; readonly baseUrl?: string },
  values: object,
  more = {},
) {
  const { id } = await createIntegration(server, changes)
  await putConnection(server, { id }, { auth: { kind: changes.auth.kind, ...values }, ...more })
  return id
}

const sign = (id: string, body: object, options: object = {}) =>
  server.send('POST', `/v1/integrations/${id}/sign`, {
    body: { method: 'GET', path: '/a', ...body },
    ...options,
  })

function header(body: { headers: { name: string; value: string }[] }, name: string) {
  return body.headers.find((each) => each.name.toLowerCase() === name)?.value
}

describe('does', () => {
  it('a signed S3 request includes its canonical request on demand, and never the secret', async () => {
    const { status, body, text } = await sign(s3, { path: '/photos/a%20b.jpg?x=1', explain: true })
    expect([status, body.method, body.url]).toEqual([
      200,
      'GET',
      'https://s3.example.com/bucket/photos/a%20b.jpg?x=1',
    ])
    expect(header(body, 'authorization')).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20270301\/us-east-1\/s3\/aws4_request, SignedHeaders=host;/,
    )
    expect(header(body, 'x-amz-date')).toBe('20270301T120000Z')
    expect(body.explain.canonicalRequest).toMatch(
      /^GET\n\/bucket\/photos\/a%20b\.jpg\nx=1\nhost:s3\.example\.com\n/,
    )
    expect(body.explain.stringToSign).toMatch(/^AWS4-HMAC-SHA256\n20270301T120000Z\n/)
    expect(text).not.toContain(KEY)
    expect((await sign(s3, {})).body).not.toHaveProperty('explain')
  })

  it.each(['http_signature_ed25519', 'oauth1'] as const)(
    'a request of %s is signed for the caller, without the secret',
    async (kind) => {
      const { settings, values, secrets } = authenticationTypes[kind]
      const id = await make({ auth: { kind, ...settings } }, values)
      const { status, body, text } = await sign(id, { method: 'POST', body: '{}', explain: true })
      expect(status).toBe(200)
      expect(body.explain.stringToSign).toContain('POST')
      expect(body.headers.length).toBeGreaterThan(1)
      for (const secret of secrets) expect(text).not.toContain(secret)
    },
  )

  it('a request of oauth1 with PLAINTEXT is not signed for the caller, because it contains the secrets', async () => {
    const { settings, values } = authenticationTypes['oauth1, plaintext']
    const { status, body } = await sign(
      await make({ auth: { kind: 'oauth1', ...settings } }, values),
      {},
    )
    expect([status, body.code]).toEqual([409, 'not_signable'])
  })

  it('a presigned URL needs no further headers', async () => {
    const { status, body } = await sign(s3, { presignSeconds: 60 })
    expect(status).toBe(200)
    const { origin, pathname, searchParams } = new URL(body.url)
    expect([origin, pathname]).toEqual(['https://s3.example.com', '/bucket/a'])
    expect(searchParams.get('X-Amz-Expires')).toBe('60')
    expect(searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/)
    expect(header(body, 'authorization')).toBeUndefined()
  })

  it('the base endpoint of aws_sigv4 is the host that is signed and called', async () => {
    const auth = { ...aws, baseEndpoint: 'https://eu.s3.example.com/x' }
    const id = await make({ auth }, { secretAccessKey: KEY })
    const { body } = await sign(id, { explain: true })
    expect(body.url).toBe('https://eu.s3.example.com/x/a')
    expect(body.explain.canonicalRequest).toContain('\nhost:eu.s3.example.com\n')
  })

  it('an HMAC signature covers method, path, query and body', async () => {
    const query = { q: ['a b', "it's"], 'x&y': 'é' }
    const asked = { method: 'POST', path: '/a?z=1', query, body: '{"é":1}' }
    const { status, body } = await sign(hmac, asked)
    const target = '/v2/a?z=1&q=a%20b&q=it%27s&x%26y=%C3%A9'
    expect([status, body.url]).toEqual([200, `https://api.example.com${target}`])
    const time = header(body, 'x-timestamp')
    const text = `${time}.POST.${target}.{"é":1}`
    expect(header(body, 'x-signature')).toBe(createHmac('sha256', KEY).update(text).digest('hex'))
    expect(header(body, 'content-type')).toBe('application/json')
  })

  it('a digest is accepted in place of the body if the scheme signs only the digest', async () => {
    const bodySha256 = 'A'.repeat(64)
    const { status, body } = await sign(s3, { method: 'PUT', bodySha256 })
    expect([status, header(body, 'x-amz-content-sha256')]).toEqual([200, 'a'.repeat(64)])
  })

  it('the headers of the request are signed', async () => {
    const headers = [{ name: 'X-Amz-Meta-A', value: 'b' }]
    const { body } = await sign(s3, { headers, explain: true })
    expect(header(body, 'x-amz-meta-a')).toBe('b')
    expect(body.explain.canonicalRequest).toContain('\nx-amz-meta-a:b\n')
  })

  it('without authentication, the response contains only URL and headers', async () => {
    const headers = [{ name: 'X-Source', value: 'keyporter' }]
    const { id } = await createIntegration(server, { auth: { kind: 'none' }, headers })
    const { body } = await sign(id, {})
    expect(body).toEqual({
      method: 'GET',
      url: 'https://api.example.com/v2/a',
      headers: [{ name: 'X-Source', value: 'keyporter' }],
    })
  })
})

describe('rejects', () => {
  const secret = 'a-secret-of-the-tests'

  it.each([
    ['basic', { kind: 'basic', username: 'ada' }, { password: secret }],
    ['bearer', { kind: 'bearer' }, { token: secret }],
    ['api_key', { kind: 'api_key', name: 'X-Key', in: 'header' }, { value: secret }],
    ['headers', { kind: 'headers' }, { entries: [{ name: 'X-Key', value: secret }] }],
  ])(
    '%s cannot be signed, because its headers would contain the secret',
    async (_kind, auth, values) => {
      const response = await sign(await make({ auth }, values), {})
      expect([response.status, response.body.code]).toEqual([409, 'not_signable'])
      expect(response.text).not.toContain(secret)
    },
  )

  it('an integration with a secret header cannot be signed, for any authentication type', async () => {
    const headers = [{ name: 'X-Key', value: secret, secret: true }]
    const byConnection = await make({ auth: aws }, { secretAccessKey: KEY }, { headers })
    const { id } = await createIntegration(server, { auth: { kind: 'none' }, headers })
    for (const integration of [byConnection, id])
      expect((await sign(integration, {})).body.code).toBe('not_signable')
  })

  it('an invalid request gets invalid_request with a pointer', async () => {
    const cases: [string, object, string | undefined][] = [
      [s3, { body: 'a', bodySha256: 'a'.repeat(64) }, '/bodySha256'],
      [hmac, { presignSeconds: 60 }, '/presignSeconds'],
      [hmac, { bodySha256: 'a'.repeat(64) }, undefined],
      [s3, { path: '/../other' }, undefined],
      [s3, { path: '/%2e%2e/other' }, undefined],
      [s3, { path: String.raw`/..\other` }, undefined],
      [s3, { path: 'a' }, '/path'],
    ]
    for (const [id, body, pointer] of cases) {
      const response = await sign(id, body)
      expect([response.status, response.body.code]).toEqual([400, 'invalid_request'])
      if (pointer !== undefined) expect(response.body.errors[0].pointer).toBe(pointer)
    }
  })

  it('missing credentials and another environment get their own codes', async () => {
    const { id } = await createIntegration(server, { auth: aws })
    expect((await sign(id, {})).body.code).toBe('connection_missing')
    const builtIn = await server.send('GET', '/v1/apis?slug=keyporter')
    const apiId = builtIn.body.data[0].id
    const as = await createCredential(server, { apiId, environment: 'test' })
    expect((await sign(s3, {}, { as })).body.code).toBe('environment_mismatch')
  })
})
