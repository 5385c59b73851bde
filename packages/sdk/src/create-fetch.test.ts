import { describe, expect, it } from 'vitest'
import { type FetchResponder, json, recordingFetch } from '../../../test/support/recording-fetch.ts'
import { createKeyporter } from './client.ts'
import type { CreateFetchOptions } from './create-fetch.ts'
import type { ClientOptions } from './options.ts'

const PAIR = { clientId: 'kpc_live_abc', clientSecret: 'kp_live_verysecret' }
const BASE = 'https://keys.example.com/prefix'
const ROOT = `${BASE}/proxy/intg_1`
const theirs = (status = 200) =>
  new Response('theirs', { status, headers: { 'keyporter-response-source': 'upstream' } })
const ours = (status: number, code: string) =>
  json({ detail: 'No.', code }, { status, headers: { 'x-request-id': 'req_1' } })

function bind(response: FetchResponder, given: Partial<CreateFetchOptions & ClientOptions> = {}) {
  const { via = 'proxy', baseUrl, ...options } = given
  const fetch = recordingFetch(response)
  const client = { baseUrl: BASE, ...PAIR, authentication: 'basic', fetch, ...options } as const
  const keyporter = createKeyporter(client, { env: {} })
  return { call: keyporter.createFetch({ integrationId: 'intg_1', via, baseUrl }), fetch }
}

const tokens =
  (response: FetchResponder): FetchResponder =>
  (request, index) =>
    request.url.endsWith('/oauth/token')
      ? json({ access_token: `t${index}`, token_type: 'Bearer', expires_in: 3600 })
      : response(request, index)

describe('a fetch through the proxy', () => {
  it('calls the integration with unchanged path, query, headers and body', async () => {
    const { call, fetch } = bind(() => theirs())
    await call('/a%2Fb/c?d=e&d=f#g', {
      method: 'patch',
      headers: { 'x-one': '1', authorization: 'what the code believes in' },
      body: 'text',
    })
    const [{ url, method, headers, init } = expect.fail()] = fetch.seen
    expect([method, url]).toEqual(['PATCH', `${ROOT}/a%2Fb/c?d=e&d=f`])
    expect(headers.get('x-one')).toBe('1')
    expect(headers.get('authorization')).toBe(`Basic ${btoa(Object.values(PAIR).join(':'))}`)
    expect(await new Response(init.body).text()).toBe('text')
    expect(init).toMatchObject({ redirect: 'manual', credentials: 'omit', duplex: 'half' })
  })

  it('sends text with the content type of the call, else of the integration', async () => {
    const { call, fetch } = bind(() => theirs())
    await call('/', { method: 'POST', body: '{}' })
    await call('/', { method: 'POST', body: '<a/>', headers: { 'content-type': 'text/xml' } })
    const types = fetch.seen.map(({ url, init }) =>
      new Request(url, init).headers.get('content-type'),
    )
    expect(types).toEqual([null, 'text/xml'])
  })

  it('accepts a path, a URL or a Request below baseUrl', async () => {
    const { call, fetch } = bind(() => theirs(), { baseUrl: 'https://api.example.com/v2/' })
    await call('/a')
    await call('https://api.example.com/v2')
    await call(new URL('https://api.example.com/v2/b/../c?d'))
    const body = new Blob(['x'], { type: 'a/b' })
    await call(new Request('https://api.example.com/v2/e', { method: 'PUT', body }))
    expect(fetch.seen.map(({ method, url }) => [method, url])).toEqual([
      ['GET', `${ROOT}/a`],
      ['GET', ROOT],
      ['GET', `${ROOT}/c?d`],
      ['PUT', `${ROOT}/e`],
    ])
    expect(fetch.seen[3]?.headers.get('content-type')).toBe('a/b')
  })

  it.each([
    '/../../v1/credentials',
    '/%2e%2E/x',
    '/a/..%2f..%2f..%2fx',
    '/\\..\\..\\x',
    '//elsewhere.example/x',
    'no/slash',
    'https://api.example.com/v2',
  ])('sends nothing to %s', async (address) => {
    const { call, fetch } = bind(() => theirs())
    await expect(call(address)).rejects.toThrow(TypeError)
    expect(fetch.seen).toEqual([])
  })

  it.each([
    'https://api.example.com/v20',
    'https://api.example.com/v2/../v1',
    'http://api.example.com/v2/x',
    'https://api.example.com:444/v2/x',
    'https://ada:pw@api.example.com/v2/x',
    'https://evil.example/v2/x',
    'data:,x',
  ])('sends nothing to %s, which is not below baseUrl', async (address) => {
    const { call, fetch } = bind(() => theirs(), { baseUrl: 'https://api.example.com/v2' })
    await expect(call(address)).rejects.toThrow('The URL is not below baseUrl.')
    expect(fetch.seen).toEqual([])
  })

  it('sends the owner of the connection', async () => {
    const { call, fetch } = bind(() => theirs(), { organizationId: 'org_1' })
    await call('/')
    expect(fetch.seen[0]?.headers.get('keyporter-organization')).toBe('org_1')
  })

  it('returns every upstream response', async () => {
    const { call } = bind(() => theirs(401))
    const response = await call('/')
    expect([response.status, await response.text()]).toEqual([401, 'theirs'])
  })

  it('throws errors of Keyporter and of proxies in front of it', async () => {
    const rejected = bind(() => ours(409, 'connection_missing'))
    await expect(rejected.call('/')).rejects.toMatchObject({
      name: 'SdkError',
      code: 'connection_missing',
      status: 409,
      requestId: 'req_1',
    })
    const gateway = bind(() => new Response('<h1>Bad gateway</h1>', { status: 502 }))
    await expect(gateway.call('/')).rejects.toMatchObject({
      code: 'unexpected_response',
      status: 502,
    })
    expect([rejected.fetch.seen.length, gateway.fetch.seen.length]).toEqual([1, 1])
  })

  it('throws network_error when Keyporter is not reachable, and the reason of an aborted signal', async () => {
    const { call } = bind((request) => {
      request.init.signal?.throwIfAborted()
      throw new TypeError('fetch failed')
    })
    await expect(call('/')).rejects.toMatchObject({ code: 'network_error' })
    const signal = AbortSignal.abort(new Error('my reason'))
    await expect(call('/', { signal })).rejects.toThrow('my reason')
  })
})

describe('an access token that Keyporter rejects', () => {
  const rejectFirst = tokens(({ headers }) =>
    headers.get('authorization') === 'Bearer t0' ? ours(401, 'invalid_token') : theirs(),
  )

  it('is renewed, and the call is repeated', async () => {
    const { call, fetch } = bind(rejectFirst, { authentication: 'token' })
    const response = await call('/', { method: 'POST', body: new Uint8Array([1, 2]) })
    expect(response.status).toBe(200)
    const calls = fetch.seen.filter(({ url }) => url.startsWith(ROOT))
    expect(calls.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer t0',
      'Bearer t2',
    ])
  })

  it('is renewed only once', async () => {
    const { call, fetch } = bind(
      tokens(() => ours(401, 'invalid_token')),
      { authentication: 'token' },
    )
    await expect(call('/')).rejects.toMatchObject({ code: 'invalid_token' })
    expect(fetch.seen).toHaveLength(4)
  })

  it('is renewed for the next call when the body was a stream', async () => {
    const { call } = bind(rejectFirst, { authentication: 'token' })
    const body = new Blob(['x']).stream()
    await expect(call('/', { method: 'POST', body })).rejects.toMatchObject({ status: 401 })
    expect((await call('/')).status).toBe(200)
  })

  it('is not renewed after a 401 of the upstream', async () => {
    const { call, fetch } = bind(
      tokens(() => theirs(401)),
      { authentication: 'token' },
    )
    expect((await call('/')).status).toBe(401)
    expect(fetch.seen).toHaveLength(2)
  })
})

describe('a fetch that signs', () => {
  const signed = {
    url: 'https://api.example.com/v2/a?b=1',
    method: 'PUT',
    headers: [
      { name: 'X-Signature', value: 'sig' },
      { name: 'Content-Type', value: 'application/json' },
    ],
  }
  const signs: FetchResponder = ({ url }) => (url.startsWith(BASE) ? json(signed) : theirs())
  const bodiesOf = ({ fetch }: ReturnType<typeof bind>) =>
    fetch.seen.flatMap(({ body }) => (body === undefined ? [] : [JSON.parse(body)]))

  it('requests a signature with the body digest, and sends the call itself', async () => {
    const bound = bind(signs, { via: 'sign', organizationId: 'org_1' })
    const call = bound.call('/a?b=1', { method: 'PUT', body: 'abc', headers: { 'x-one': '1' } })
    expect(await (await call).text()).toBe('theirs')
    const [asked, sent] = bound.fetch.seen
    expect(asked?.url).toBe(`${BASE}/v1/integrations/intg_1/sign`)
    expect(bodiesOf(bound)).toEqual([
      {
        method: 'PUT',
        path: '/a?b=1',
        headers: [{ name: 'x-one', value: '1' }],
        organizationId: 'org_1',
        // FIPS 180-2, appendix B.1: of "abc"
        bodySha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      },
    ])
    expect([sent?.method, sent?.url]).toEqual(['PUT', signed.url])
    expect([...(sent?.headers ?? [])]).toEqual([
      ['content-type', 'application/json'],
      ['x-signature', 'sig'],
    ])
    expect(await new Response(sent?.init.body).text()).toBe('abc')
    expect(sent?.init).toMatchObject({ redirect: 'manual', credentials: 'omit' })
  })

  it('sends the body when the scheme signs it, and immediately in later calls', async () => {
    const bound = bind(
      (request, index) => (index === 0 ? ours(400, 'invalid_request') : signs(request, index)),
      { via: 'sign' },
    )
    await bound.call('/', { method: 'POST', body: 'abc' })
    await bound.call('/', { method: 'POST', body: 'def' })
    expect(bodiesOf(bound).map(({ body, bodySha256 }) => body ?? bodySha256)).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      'abc',
      'def',
    ])
  })

  it('never sends a binary or oversized body to Keyporter', async () => {
    for (const body of [new Uint8Array([0xff]), 'x'.repeat(1_048_577)]) {
      const bound = bind(() => ours(400, 'invalid_request'), { via: 'sign' })
      const call = bound.call('/', { method: 'POST', body })
      await expect(call).rejects.toMatchObject({ code: 'invalid_request' })
      expect(bound.fetch.seen).toHaveLength(1)
    }
  })

  it('does not read an unsigned body', async () => {
    const bound = bind(signs, { via: 'sign' })
    const body = new Blob(['long']).stream()
    const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
    await bound.call('/', { method: 'PUT', body, headers })
    expect(bound.fetch.seen[1]?.init.body).toBe(body)
  })

  it('throws errors of Keyporter, and sends nothing', async () => {
    const bound = bind(() => ours(409, 'not_signable'), { via: 'sign' })
    await expect(bound.call('/')).rejects.toMatchObject({ code: 'not_signable', status: 409 })
    expect(bound.fetch.seen).toHaveLength(1)
  })

  it('throws the errors of fetch', async () => {
    const fault = new TypeError('fetch failed')
    const bound = bind(({ url }) => (url.startsWith(BASE) ? json(signed) : Promise.reject(fault)), {
      via: 'sign',
    })
    await expect(bound.call('/')).rejects.toBe(fault)
  })
})

describe('createFetch', () => {
  it('rejects invalid options before the first call', () => {
    const keyporter = createKeyporter({ baseUrl: BASE, authentication: 'session' }, { env: {} })
    const options = { integrationId: 'intg_1', via: 'sign' } as const
    expect(keyporter.createFetch(options)).toBeTypeOf('function')
    for (const wrong of [{ via: 'proxy' as const }, { integrationId: '..' }, { baseUrl: '/v2' }])
      expect(() => keyporter.createFetch({ ...options, ...wrong })).toThrow(TypeError)
  })
})
