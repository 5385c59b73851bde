import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { createKeyporter } from '@keyporter/sdk'
import { allowInsecureRequests, customFetch, discoveryRequest } from 'oauth4webapi'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runJsonProgram } from '../support/external-program.ts'
import { createIntegration, putConnection } from '../support/integrations.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { repository } from '../support/sources.ts'
import { echo, type Received, startUpstream, type Upstream } from '../support/upstream.ts'

// Code that accepts a `fetch` calls an upstream with one more line, through Keyporter or signed by
// Keyporter.

const KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
let upstream: Upstream
let streamingUpstream: Upstream
let server: TestServer
let bearer: string
/** The upstream's handler of a streaming request. */
let handleStream: (request: IncomingMessage, response: ServerResponse) => void

beforeAll(async () => {
  upstream = await startUpstream()
  streamingUpstream = await startUpstream((request, response) => handleStream(request, response))
  server = await startTestServer({
    env: { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32' },
    fakeClock: false,
  })
  bearer = await connect(upstream, { kind: 'bearer' }, { token: KEY })
})
afterAll(async () => {
  await server.close()
  await upstream.close()
  await streamingUpstream.close()
})
beforeEach(() => {
  upstream.received.splice(0)
  upstream.respondWith(echo)
})

async function connect(target: Upstream, auth: object, values: object): Promise<string> {
  const baseUrl = `${target.origin}/v1`
  const made = await createIntegration(server, { baseUrl, auth })
  await putConnection(server, made, { auth: { ...auth, ...values } })
  return made.id
}

const client = (options: object = {}) =>
  createKeyporter({ baseUrl: server.url, ...server.manager, ...options })
const through = (integrationId: string) => client().createFetch({ integrationId, via: 'proxy' })
const signing = (integrationId: string) => client().createFetch({ integrationId, via: 'sign' })
const one = (received: readonly Received[]): Received => {
  expect(received).toHaveLength(1)
  return received[0] ?? expect.fail()
}

describe('a fetch through the proxy', () => {
  it('authenticates to the upstream and exposes no secret', async () => {
    const response = await through(bearer)('/a%2Fb?c=d', { method: 'POST', body: '{"e":1}' })
    const { url, headers, body } = one(upstream.received)
    expect([url, String(body)]).toEqual(['/v1/a%2Fb?c=d', '{"e":1}'])
    expect(headers).toMatchObject({
      authorization: [`Bearer ${KEY}`],
      'content-type': ['application/json'],
    })
    expect(response.status).toBe(200)
    expect(await response.text()).not.toContain(KEY)
  })

  it('returns errors and redirects of the upstream unchanged', async () => {
    upstream.respondWith((response, { url }) => {
      response.writeHead(url.endsWith('/old') ? 307 : 401, {
        'content-type': 'application/problem+json',
        location: 'https://elsewhere.example/',
      })
      response.end('{"code":"invalid_token"}')
    })
    const moved = await through(bearer)('/old')
    expect([moved.status, moved.headers.get('location')]).toEqual([
      307,
      'https://elsewhere.example/',
    ])
    const refused = await through(bearer)('/')
    expect([refused.status, await refused.json()]).toEqual([401, { code: 'invalid_token' }])
    expect(upstream.received).toHaveLength(2)
  })

  it('throws when Keyporter rejects the call or the upstream does not respond', async () => {
    const { id } = await createIntegration(server, { baseUrl: upstream.origin })
    await expect(through(id)('/')).rejects.toMatchObject({
      name: 'SdkError',
      code: 'connection_missing',
    })
    await expect(through('intg_unknown')('/')).rejects.toMatchObject({ code: 'not_found' })
    const gone = await startUpstream()
    const lost = await connect(gone, { kind: 'bearer' }, { token: KEY })
    await gone.close()
    await expect(through(lost)('/')).rejects.toMatchObject({ code: 'upstream_failed', status: 502 })
  })

  it('retries with a new access token when Keyporter rejects the current one', async () => {
    const used: string[] = []
    const recordingTokens: typeof fetch = (input, init) => {
      const { authorization = '' } = Object.fromEntries(new Headers(init?.headers))
      if (authorization.startsWith('Bearer ')) used.push(authorization.slice('Bearer '.length))
      return fetch(input, init)
    }
    const call = client({ fetch: recordingTokens }).createFetch({
      integrationId: bearer,
      via: 'proxy',
    })
    await call('/')
    const [token = ''] = used
    const { status } = await server.send('POST', '/oauth/revoke', { form: { token } })
    expect(status).toBe(200)
    expect((await call('/', { method: 'PUT', body: 'again' })).status).toBe(200)
    expect(used).toEqual([token, token, expect.any(String)])
    expect(used[2]).not.toBe(token)
    expect(upstream.received.map(({ method }) => method)).toEqual(['GET', 'PUT'])
  })

  it('serves third-party code that calls absolute URLs', async () => {
    upstream.respondWith((response) => response.end('{}'))
    const baseUrl = 'https://login.example.com/realms'
    const call = client().createFetch({ integrationId: bearer, via: 'proxy', baseUrl })
    const response = await discoveryRequest(new URL(`${baseUrl}/ours`), {
      [customFetch]: (url, { method, headers }) => call(url, { method, headers }),
      [allowInsecureRequests]: true,
    })
    expect(response.status).toBe(200)
    expect(one(upstream.received).url).toBe('/v1/ours/.well-known/openid-configuration')
  })
})

describe('a streaming body', () => {
  let call: typeof fetch
  beforeAll(async () => {
    call = through(await connect(streamingUpstream, { kind: 'bearer' }, { token: KEY }))
  })

  it('arrives chunk by chunk, and so does the response', async () => {
    handleStream = (request, response) => request.pipe(response)
    const chunks = new TransformStream<Uint8Array, Uint8Array>()
    const writer = chunks.writable.getWriter()
    const responding = call('/', { method: 'POST', body: chunks.readable })
    const seen: string[] = []
    const send = (text: string) => writer.write(Buffer.from(text))
    // The second chunk is written after the first one was returned.
    await send('one')
    const reader = (await responding).body?.pipeThrough(new TextDecoderStream()).getReader()
    for (const text of ['one', 'two']) {
      if (text === 'two') await send(text)
      seen.push((await reader?.read())?.value ?? '')
    }
    await writer.close()
    expect(seen).toEqual(['one', 'two'])
    expect((await reader?.read())?.done).toBe(true)
  })

  it('ends at the upstream when the caller aborts', async () => {
    const begun = Promise.withResolvers<ServerResponse>()
    handleStream = (_request, response) => {
      response.write('some')
      begun.resolve(response)
    }
    const giveUp = new AbortController()
    const response = await call('/', { signal: giveUp.signal })
    const ended = once(await begun.promise, 'close')
    giveUp.abort()
    await expect(response.text()).rejects.toMatchObject({ name: 'AbortError' })
    await ended
  })
})

describe('a signing fetch', () => {
  it('sends from this process a request that Keyporter has signed by the digest of the body', async () => {
    const auth = { kind: 'hmac_sha256', scheme: 'rfc9421', clientId: 'client-1' }
    const call = signing(await connect(upstream, auth, { clientSecret: KEY }))
    const response = await call('/orders?state=open', { method: 'POST', body: '{"sku":"A-1"}' })
    expect(response.headers.has('keyporter-response-source')).toBe(false)
    const { headers, body, url } = one(upstream.received)
    expect(url).toBe('/v1/orders?state=open')
    const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
    expect(headers['content-digest']).toEqual([digest])
    const [, parameters = ''] = /^sig1?=(.*)$/.exec(String(headers['signature-input'])) ?? []
    const base = [
      '"@method": POST',
      `"@authority": ${new URL(upstream.origin).host}`,
      '"@path": /v1/orders',
      '"@query": ?state=open',
      `"content-digest": ${digest}`,
      `"@signature-params": ${parameters}`,
    ].join('\n')
    const signature = createHmac('sha256', KEY).update(base).digest('base64')
    expect(String(headers['signature'])).toContain(`:${signature}:`)
  })

  it('sends the body to Keyporter if the authentication type requires the whole body', async () => {
    const auth = { kind: 'hmac_sha256', scheme: 'simple', clientId: 'client-1' }
    const call = signing(await connect(upstream, auth, { clientSecret: KEY }))
    for (const body of ['first é', 'second']) {
      const form = new URLSearchParams({ body })
      expect((await call('/x', { method: 'POST', body: form })).status).toBe(200)
    }
    for (const { headers, method, url, body } of upstream.received) {
      const text = `${String(headers['x-timestamp'])}.${method}.${url}.${body.toString()}`
      const signature = createHmac('sha256', KEY).update(text).digest('hex')
      expect(headers['x-signature']).toEqual([signature])
      expect(headers['content-type']?.[0]).toMatch(/^application\/x-www-form-urlencoded/)
    }
    expect(upstream.received).toHaveLength(2)
  })

  it.each([
    '/',
    '/a b/c?d=e f&d',
    '/it\'s/(x)!*/"y"/~$&+,;=:@?q=it\'s&z="*"|^`{}<>[]',
    '/%7Euser/é/%C3%A9?ü=%2F+%20',
  ])('signs for AWS exactly the request that is sent, with %s', async (path) => {
    const auth = { kind: 'aws_sigv4', accessKeyId: 'AKID', region: 'eu-west-1', service: 'sqs' }
    const call = signing(await connect(upstream, auth, { secretAccessKey: KEY }))
    await call(path, { method: 'POST', body: '{"a":"é"}' })
    const { method, url, headers, body } = one(upstream.received)
    const [signed] = [headers['authorization'] ?? []].flat()
    const [, names = ''] = /SignedHeaders=([^,]+),/.exec(signed ?? '') ?? []
    const date = String(headers['x-amz-date'])
    const theirs = await runJsonProgram(process.execPath, {
      args: [join(repository, 'test/interop/programs/sign-with-smithy.mjs')],
      input: [
        {
          auth: { ...auth, secretAccessKey: KEY },
          nowMs: Date.parse(date.replace(/(....)(..)(.....)(..)(..Z)/, '$1-$2-$3:$4:$5')),
          method,
          url: `${upstream.origin}${url}`,
          headers: names
            .split(';')
            .filter((name) => !['host', 'x-amz-date'].includes(name))
            .map((name) => ({ name, value: String(headers[name]) })),
          body: body.toString('latin1'),
        },
      ],
    })
    expect([signed]).toEqual(theirs)
  })

  it('is rejected if the headers would contain the secret, and sends nothing', async () => {
    await expect(signing(bearer)('/')).rejects.toMatchObject({
      name: 'SdkError',
      code: 'not_signable',
      status: 409,
    })
    expect(upstream.received).toEqual([])
  })
})
