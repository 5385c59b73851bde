import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  contactsApi,
  createContactsApi,
  createCredential,
  type IssuedCredential,
} from '../support/credentials.ts'
import {
  basic,
  startTestServer,
  type TestRequest,
  type TestResponse,
  type TestServer,
} from '../support/server.ts'

// Success and error responses of the client credentials grant (RFC 6749 §4.4, §5.1 and §5.2).

let server: TestServer
let client: IssuedCredential

beforeAll(async () => {
  server = await startTestServer({
    overrides: { failuresMax: { perClient: 10_000, perNetwork: 10_000 } },
  })
  await createContactsApi(server)
  client = await createCredential(server, { permissions: ['CONTACT_READ', 'CONTACT_WRITE'] })
})
afterAll(() => server.close())

const grant = { grant_type: 'client_credentials' }

async function token(options: TestRequest = {}, path = '/oauth/token'): Promise<TestResponse> {
  const response = await server.send('POST', path, { as: client, form: grant, ...options })
  expectNotCacheable(response)
  return response
}

function expectNotCacheable(response: TestResponse): void {
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.get('pragma')).toBe('no-cache')
  expect(response.headers.get('etag')).toBeNull()
  expect(response.headers.get('set-cookie')).toBeNull()
  expect(response.headers.get('access-control-allow-origin')).toBeNull()
}

function expectFault(response: TestResponse, status: number, error: string): void {
  expect([response.status, response.body.error]).toEqual([status, error])
  expect(Object.keys(response.body).sort()).toEqual(['error', 'error_description'])
  expect(response.body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
}

/** Returns the parts of a response that a caller can compare. */
function comparable(response: TestResponse): unknown {
  const headers = [...response.headers].filter(
    ([name]) => name !== 'date' && name !== 'x-request-id',
  )
  return { status: response.status, headers, text: response.text }
}

const inBody = (clientId: string, clientSecret: string): TestRequest => ({
  as: null,
  form: { ...grant, client_id: clientId, client_secret: clientSecret },
})
const wrongSecret = () =>
  `${client.clientSecret.slice(0, -7)}${client.clientSecret.endsWith('0') ? '1' : '0'}000000`

describe('the token endpoint', () => {
  it('issues a Bearer token valid for an hour, without a refresh token (RFC 6749 §4.4.3)', async () => {
    const { status, body } = await token()
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
    expect([body.token_type, body.expires_in]).toEqual(['Bearer', 3600])
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' })
  })

  it('issues no token that is valid longer than its credential', async () => {
    const soon = new Date(server.clock.now() + 600_500).toISOString()
    const short = await createCredential(server, { expiresAt: soon })
    const { body } = await token({ as: short })
    expect(body.expires_in).toBe(600)
    const claims = decodeJwt(body.access_token)
    expect(claims.exp).toBeLessThanOrEqual(Date.parse(soon) / 1_000)
  })

  it('rejects a credential that expires within a second', async () => {
    const expiresAt = new Date(Math.ceil(server.clock.now() / 1_000) * 1_000 + 2_900).toISOString()
    const short = await createCredential(server, { expiresAt })
    expect((await token({ as: short })).body.expires_in).toBe(2)
    server.clock.move(2_000)
    expectFault(await token({ as: short }), 401, 'invalid_client')
  })

  it('issues the same claims for client authentication in the body (RFC 6749 §2.3.1)', async () => {
    const byBody = decodeJwt(
      (await token(inBody(client.clientId, client.clientSecret))).body.access_token,
    )
    const byBasic = decodeJwt((await token()).body.access_token)
    const { jti: one, ...rest } = byBody
    const { jti: other, ...same } = byBasic
    expect(rest).toEqual(same)
    expect(one).not.toBe(other)
  })

  it('accepts the same client_id in the header and the body', async () => {
    expect((await token({ form: { ...grant, client_id: client.clientId } })).status).toBe(200)
  })

  it('accepts the authentication scheme in any case (RFC 9110 §11.1)', async () => {
    const header = basic(client).replace('Basic', 'bAsIc')
    expect((await token({ as: null, headers: { authorization: header } })).status).toBe(200)
  })

  it.each(['%5F', '%5f'])(
    'decodes %s in the client id and secret of Basic (RFC 6749 §2.3.1)',
    async (underscore) => {
      const encoded = [client.clientId, client.clientSecret]
        .map((part) => part.replaceAll('_', underscore))
        .join(':')
      const authorization = `Basic ${Buffer.from(encoded).toString('base64')}`
      expect((await token({ as: null, headers: { authorization } })).status).toBe(200)
    },
  )

  it.each([{}, { scope: '' }])(
    'grants all permissions of the credential without a scope (RFC 6749 §3.3)',
    async (form) => {
      const { body } = await token({ form: { ...grant, ...form } })
      expect(body.scope).toBe('CONTACT_READ CONTACT_WRITE')
      expect(decodeJwt(body.access_token)['scope']).toBe('CONTACT_READ CONTACT_WRITE')
    },
  )

  it('grants exactly the requested scope, without duplicates', async () => {
    const { body } = await token({ form: { ...grant, scope: 'CONTACT_WRITE CONTACT_WRITE' } })
    expect(body.scope).toBe('CONTACT_WRITE')
    expect(decodeJwt(body.access_token)['scope']).toBe('CONTACT_WRITE')
  })

  it('ignores unknown parameters (RFC 6749 §3.2)', async () => {
    expect((await token({ form: { ...grant, color: 'blue' } })).status).toBe(200)
  })

  it('accepts a charset parameter of the media type', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }
    expect((await token({ headers })).status).toBe(200)
  })

  it('issues a token for the requested resource (RFC 8707 §2)', async () => {
    const { body } = await token({ form: { ...grant, resource: contactsApi.identifier } })
    expect(decodeJwt(body.access_token).aud).toBe(contactsApi.identifier)
  })

  it('issues and counts 200 distinct tokens for 200 parallel requests', async () => {
    const busy = await createCredential(server)
    const responses = await Promise.all(Array.from({ length: 200 }, () => token({ as: busy })))
    const ids = responses.map(({ body }) => decodeJwt(body.access_token).jti)
    expect(new Set(ids).size).toBe(200)
    await server.flushUsage()
    const { body } = await server.send('GET', `/v1/credentials/${busy.id}/usage?interval=hour`)
    expect(body.totals.outcomes.token_issued).toBe(200)
  })
})

describe('the token endpoint rejects', () => {
  it('wrong, unknown, revoked and expired clients with identical responses', async () => {
    const revoked = await createCredential(server)
    await server.send('POST', `/v1/credentials/${revoked.id}/revoke`, { body: {} })
    const expired = await createCredential(server, {
      expiresAt: new Date(server.clock.now() + 1_000).toISOString(),
    })
    server.clock.move(1_000)
    const unknown = { ...client, clientId: `${client.clientId.slice(0, -2)}zz` }
    const rejected = [
      await token({ as: { ...client, clientSecret: wrongSecret() } }),
      await token({ as: unknown }),
      await token({ as: revoked }),
      await token({ as: expired }),
    ]
    for (const response of rejected) expectFault(response, 401, 'invalid_client')
    expect(rejected[0]?.headers.get('www-authenticate')).toBe(
      'Basic realm="keyporter", charset="UTF-8"',
    )
    expect(new Set(rejected.map((response) => JSON.stringify(comparable(response)))).size).toBe(1)
  })

  it('wrong and unknown clients in the body with identical responses', async () => {
    const wrong = await token(inBody(client.clientId, wrongSecret()))
    const unknown = await token(inBody('nobody', client.clientSecret))
    expectFault(wrong, 401, 'invalid_client')
    expect(comparable(wrong)).toEqual(comparable(unknown))
  })

  it('requests without authentication, or with a client_id only', async () => {
    expectFault(await token({ as: null }), 401, 'invalid_client')
    expectFault(
      await token({ as: null, form: { ...grant, client_id: client.clientId } }),
      401,
      'invalid_client',
    )
  })

  it('two client authentication methods (RFC 6749 §2.3)', async () => {
    expectFault(
      await token({ form: { ...grant, client_secret: client.clientSecret } }),
      400,
      'invalid_request',
    )
    const assertion = { client_assertion: 'x', client_assertion_type: 'y' }
    expectFault(await token({ form: { ...grant, ...assertion } }), 400, 'invalid_request')
  })

  it('a client_id in the body that differs from the header', async () => {
    expectFault(await token({ form: { ...grant, client_id: 'other' } }), 400, 'invalid_request')
  })

  it.each([
    'Basic ####',
    `Basic ${btoa('nocolon')}`,
    'Basic',
    `Basic ${btoa('\xff\xfe:x')}`,
    `Basic ${btoa('a:b')} x`,
  ])('a malformed Authorization header: %s', async (authorization) => {
    expectFault(await token({ as: null, headers: { authorization } }), 401, 'invalid_client')
  })

  it('an invalid percent escape in Basic', async () => {
    const authorization = `Basic ${btoa(`${client.clientId}:%zz`)}`
    expectFault(await token({ as: null, headers: { authorization } }), 401, 'invalid_client')
  })

  it.each(['Bearer abc', 'Digest username="x"'])(
    'another authentication scheme: %s',
    async (authorization) => {
      const response = await token({ as: null, headers: { authorization } })
      expectFault(response, 401, 'invalid_client')
      expect(response.headers.get('www-authenticate')).toContain('Basic')
    },
  )

  it('a grant type that is missing, empty or unsupported', async () => {
    expectFault(await token({ form: { x: '1' } }), 400, 'invalid_request')
    expectFault(await token({ form: { grant_type: '' } }), 400, 'invalid_request')
    for (const grantType of ['password', 'authorization_code', 'refresh_token', 'urn:x']) {
      expectFault(await token({ form: { grant_type: grantType } }), 400, 'unsupported_grant_type')
    }
  })

  it('an invalid client before an invalid grant type or scope', async () => {
    const form = { grant_type: 'nonsense', scope: '"' }
    expectFault(
      await token({ as: { ...client, clientSecret: wrongSecret() }, form }),
      401,
      'invalid_client',
    )
  })

  it.each([
    'CONTACT_DELETE',
    'UNKNOWN',
    'contact_read',
    'CONTACT_READ  CONTACT_WRITE',
    ' CONTACT_READ',
    'CONTACT_READ"',
    'CONTACT_READ\u00e9',
    'CONTACT_READ CONTACT_DELETE',
    Array.from({ length: 4_000 }, (_, index) => `S${index}`).join(' '),
  ])(
    'a scope that is invalid or not granted, instead of reducing the scope: %.40s',
    async (scope) => {
      expectFault(await token({ form: { ...grant, scope } }), 400, 'invalid_scope')
    },
  )

  it('a repeated parameter, except resource (RFC 6749 §3.2, RFC 8707 §2)', async () => {
    for (const twice of [
      'grant_type=client_credentials',
      'scope=CONTACT_READ&scope=CONTACT_READ',
      'client_id=a&client_id=b',
    ]) {
      expectFault(
        await token({ form: `grant_type=client_credentials&${twice}` }),
        400,
        'invalid_request',
      )
    }
    const resource = `resource=${encodeURIComponent(contactsApi.identifier)}`
    expect(
      (await token({ form: `grant_type=client_credentials&${resource}&${resource}` })).status,
    ).toBe(200)
  })

  it('parameters in the URL, and never logs them (RFC 6749 §2.3.1)', async () => {
    const path = `/oauth/token?client_id=${client.clientId}&client_secret=${client.clientSecret}`
    expectFault(await token({ as: null }, path), 400, 'invalid_request')
    expect(server.logLines.join('\n')).not.toContain(client.clientSecret)
  })

  it.each(['application/json', 'multipart/form-data; boundary=x', 'text/plain', 'application/xml'])(
    'a body of type %s',
    async (type) => {
      const response = await token({
        form: 'grant_type=client_credentials',
        headers: { 'content-type': type },
      })
      expect([400, 415]).toContain(response.status)
      expect(response.body.error).toBe('invalid_request')
    },
  )

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])(
    'the method %s (RFC 6749 §3.2)',
    async (method) => {
      const response = await server.send(method, '/oauth/token', { as: null })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    },
  )

  it('the method TRACE', async () => {
    expect(await raw('TRACE /oauth/token HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 405 [\s\S]*allow: POST/i,
    )
  })

  it('a body over the limit or with a wrong length, and accepts a chunked body', async () => {
    const large = await token({ form: `${new URLSearchParams(grant)}&x=${'y'.repeat(70_000)}` })
    expectFault(large, 413, 'invalid_request')
    const lying = `POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\nConnection: close\r\n\r\ngrant_type=client_credentials`
    expect(await raw(lying)).toMatch(/^HTTP\/1\.1 4/)
    const form = 'grant_type=client_credentials'
    const chunked = `POST /oauth/token HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(client)}\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${form.length.toString(16)}\r\n${form}\r\n0\r\n\r\n`
    expect(await raw(chunked)).toMatch(/^HTTP\/1\.1 200/)
  })

  it('a compressed body', async () => {
    const response = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' },
      body: gzipSync('grant_type=client_credentials'),
    })
    expect(response.status).toBe(415)
  })

  it.each(['contacts', 'https://api.example.com#x', 'https://other.example.com', '/relative'])(
    'the resource %s (RFC 8707 §2)',
    async (resource) => {
      expectFault(await token({ form: { ...grant, resource } }), 400, 'invalid_target')
    },
  )

  it('secrets that are not ASCII, and secrets of a megabyte', async () => {
    expectFault(await token(inBody(client.clientId, 'géheim')), 401, 'invalid_client')
    expectFault(await token(inBody(client.clientId, 'x'.repeat(60_000))), 401, 'invalid_client')
    expectFault(await token(inBody(client.clientId, 'x'.repeat(1_000_000))), 413, 'invalid_request')
  })

  it('requests with a challenge that repeats no request header', async () => {
    const response = await token({ as: null, headers: { 'x-forwarded-host': 'evil.example' } })
    expect(response.headers.get('www-authenticate')).not.toContain('evil')
  })
})

describe('the rate limit', () => {
  it('blocks failed attempts for one client from one IP address, but no other caller', async () => {
    const strict = await startTestServer({ env: { KEYPORTER_TRUSTED_PROXIES: '127.0.0.1' } })
    try {
      await createContactsApi(strict)
      const victim = await createCredential(strict)
      const guess = (secret: string, address: string) =>
        strict.send('POST', '/oauth/token', {
          as: { ...victim, clientSecret: secret },
          form: grant,
          headers: { 'x-forwarded-for': address },
        })
      const wrong = `${victim.clientSecret.slice(0, -1)}_`
      const statuses: number[] = []
      for (let round = 0; round < 50; round += 1)
        statuses.push((await guess(wrong, '203.0.113.9')).status)
      expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 401))
      expect(statuses.slice(30).every((status) => status === 429)).toBe(true)
      const blocked = await guess(victim.clientSecret, '203.0.113.9')
      expect(blocked.status).toBe(429)
      expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0)
      expect((await guess(victim.clientSecret, '203.0.113.10')).status).toBe(200)
      strict.clock.move(61_000)
      expect((await guess(victim.clientSecret, '203.0.113.9')).status).toBe(200)

      const audit = await strict.send('GET', '/v1/audit-events?action=authentication.refused')
      expect(audit.body.data).toHaveLength(1)
      expect(audit.body.data[0]).toMatchObject({
        outcome: 'refused',
        reason: 'wrong_secret',
        target: { id: victim.id },
        ip: '203.0.113.9',
      })
    } finally {
      await strict.close()
    }
  })
})

describe('the audit log', () => {
  it('records the reason of a rejection, which the response does not contain', async () => {
    const revoked = await createCredential(server, { name: 'Revoked' })
    await server.send('POST', `/v1/credentials/${revoked.id}/revoke`, { body: {} })
    await token({ as: revoked })
    const { body } = await server.send(
      'GET',
      `/v1/audit-events?action=authentication.refused&targetId=${revoked.id}`,
    )
    expect(body.data[0]).toMatchObject({
      outcome: 'refused',
      reason: 'revoked',
      target: { name: 'Revoked' },
    })
  })
})

function raw(request: string): Promise<string> {
  const { port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), '127.0.0.1', () => socket.end(request))
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => {
      text += part
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
}
