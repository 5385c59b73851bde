import { inspect } from 'node:util'
import { routes } from '@keyporter/contract'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type FetchResponder, json, recordingFetch } from '../../../test/support/recording-fetch.ts'
import { createKeyporter } from './client.ts'
import type { ClientOptions, Runtime } from './options.ts'
import type { CallOptions } from './request.ts'
import { SdkError } from './sdk-error.ts'
import { versionOf } from './version.ts'

const PAIR = { clientId: 'kpc_live_abc', clientSecret: 'kp_live_verysecret' }
const BASIC = `Basic ${btoa(`${PAIR.clientId}:${PAIR.clientSecret}`)}`
const BASE = 'https://keys.example.com/prefix'

function client(response: FetchResponder, options: ClientOptions = {}, around = {}) {
  const fetch = recordingFetch(response)
  const pauses: number[] = []
  const surroundings: Partial<Runtime> = {
    env: {},
    random: () => 1,
    sleep: async (ms) => void pauses.push(ms),
    ...around,
  }
  const keyporter = createKeyporter(
    { baseUrl: `${BASE}/`, ...PAIR, authentication: 'basic', fetch, ...options },
    surroundings,
  )
  return { keyporter, seen: fetch.seen, pauses }
}

const problem = (status: number, code: string, more: object = {}, headers = {}) =>
  json(
    { title: 'No', status, detail: 'Not like this.', code, instance: 'req_1', ...more },
    { status, headers: { 'x-request-id': 'req_1', ...headers } },
  )
const page = (data: unknown[], nextCursor: string | null = null) => json({ data, nextCursor })

describe('a request', () => {
  it('has the method and path of its route, and every argument in path, query or body', async () => {
    const { keyporter, seen } = client(() => json({}))
    await keyporter.credentials.usage({ id: 'cred_1', interval: 'day', from: 'x' })
    await keyporter.credentials.update({ id: 'a/b?c', name: 'Zeus', notes: null })
    await keyporter.credentials.list({ limit: 5, q: 'a&b' })
    expect(seen.map(({ method, url, body }) => [method, url, body])).toStrictEqual([
      ['GET', `${BASE}/v1/credentials/cred_1/usage?interval=day&from=x`, undefined],
      ['PATCH', `${BASE}/v1/credentials/a%2Fb%3Fc`, '{"name":"Zeus","notes":null}'],
      ['GET', `${BASE}/v1/credentials?limit=5&q=a%26b`, undefined],
    ])
    for (const { headers } of seen) expect(headers.get('authorization')).toBe(BASIC)
  })

  it('follows no redirect and sends no cookie', async () => {
    const { keyporter, seen } = client(() => page([]))
    await keyporter.credentials.list()
    expect(seen[0]?.init).toMatchObject({ redirect: 'error', credentials: 'omit' })
  })

  it('omits undefined arguments', async () => {
    const { keyporter, seen } = client(() => json({}))
    await keyporter.credentials.create({ name: 'Zeus', notes: undefined })
    expect(seen[0]?.body).toBe('{"name":"Zeus"}')
  })

  it('includes the organization to act for, if the route supports it', async () => {
    const { keyporter, seen } = client(() => page([]), { organizationId: 'org_1' })
    await keyporter.credentials.list()
    await keyporter.credentials.list({}, { organizationId: 'org_2' })
    await keyporter.organizations.list()
    expect(seen.map(({ url }) => new URL(url).search)).toStrictEqual([
      '?organizationId=org_1',
      '?organizationId=org_2',
      '',
    ])
  })

  it('is rejected with IDs that change the path, and with unknown arguments', async () => {
    const { keyporter, seen } = client(() => json({}))
    for (const id of ['', '.', '..'])
      await expect(keyporter.credentials.get({ id })).rejects.toThrow('id is not a valid ID.')
    const wrong = { id: 'x', nmae: 'y' }
    await expect(keyporter.credentials.update(wrong)).rejects.toThrow('has no argument nmae.')
    expect(seen).toHaveLength(0)
  })

  it('with a session sends the cookie and no other authorization', async () => {
    const { keyporter, seen } = client(() => page([]), { authentication: 'session' })
    await keyporter.credentials.list()
    expect(seen[0]?.init.credentials).toBe('include')
    expect(seen[0]?.headers.has('authorization')).toBe(false)
  })

  it('includes the headers of the caller', async () => {
    const { keyporter, seen } = client(() => page([]))
    await keyporter.credentials.list({}, { headers: { traceparent: '00-1' } })
    expect(seen[0]?.headers.get('traceparent')).toBe('00-1')
  })
})

describe('a response', () => {
  it('has the type of its route', async () => {
    const { keyporter } = client(() => json({ id: 'cred_1', clientSecret: 's' }))
    const created = await keyporter.credentials.create({ name: 'Zeus', permissions: 'all' })
    expect(created.clientSecret).toBe('s')
    expectTypeOf(created.clientSecret).toEqualTypeOf<string | null>()
    expectTypeOf(created.status).toEqualTypeOf<'active' | 'suspended' | 'expired' | 'revoked'>()
    expectTypeOf(keyporter.credentials.get).parameter(0).toEqualTypeOf<{ id: string }>()
    expectTypeOf(keyporter.credentials.list).parameter(1).toEqualTypeOf<CallOptions | undefined>()
  })

  it('without a body is undefined', async () => {
    const { keyporter } = client(() => new Response(null, { status: 204 }))
    expect(await keyporter.sessions.signOut()).toBeUndefined()
  })

  it('has a version, which prevents lost updates', async () => {
    const { keyporter, seen } = client(() => json({ id: 'x' }, { headers: { etag: '"7"' } }))
    const credential = await keyporter.credentials.get({ id: 'x' })
    expect(versionOf(credential)).toBe(7)
    await keyporter.credentials.update({ id: 'x' }, { version: versionOf(credential) })
    expect(seen[1]?.headers.get('if-match')).toBe('"7"')
    expect(versionOf({})).toBeUndefined()
  })

  it('that is not JSON is an error', async () => {
    const { keyporter } = client(() => new Response('<html>'))
    await expect(keyporter.credentials.get({ id: 'x' })).rejects.toMatchObject({
      code: 'unexpected_response',
      status: 200,
    })
  })
})

describe('a list', () => {
  const pages: FetchResponder = ({ url }) => {
    const cursor = new URL(url).searchParams.get('cursor')
    if (cursor === null) return page([{ id: 'a' }, { id: 'b' }], 'c1')
    return cursor === 'c1' ? page([], 'c2') : page([{ id: 'c' }])
  }

  it('returns its first page when awaited', async () => {
    const { keyporter, seen } = client(pages)
    const { data, nextCursor } = await keyporter.credentials.list({ status: 'active' })
    expect(data.map(({ id }) => id)).toStrictEqual(['a', 'b'])
    expect(nextCursor).toBe('c1')
    expect(seen).toHaveLength(1)
  })

  it('returns the items of all pages when iterated, with the same filters', async () => {
    const { keyporter, seen } = client(pages)
    const ids: string[] = []
    for await (const { id } of keyporter.credentials.list({ status: 'active' })) ids.push(id)
    expect(ids).toStrictEqual(['a', 'b', 'c'])
    expect(seen.map(({ url }) => new URL(url).searchParams.get('status'))).toStrictEqual(
      Array(3).fill('active'),
    )
  })

  it('requests only the pages that are iterated', async () => {
    const { keyporter, seen } = client(pages)
    for await (const { id } of keyporter.credentials.list()) if (id === 'b') break
    expect(seen).toHaveLength(1)
  })

  it('throws the error of a page', async () => {
    const { keyporter } = client(() => problem(403, 'insufficient_permissions'))
    const iterate = async () => {
      for await (const { id } of keyporter.credentials.list()) expect(id).toBe('none')
    }
    await expect(iterate()).rejects.toMatchObject({ code: 'insufficient_permissions' })
  })
})

describe('an error', () => {
  it('contains the problem document of the server', async () => {
    const { keyporter } = client(() =>
      problem(403, 'insufficient_permissions', { requiredPermissions: ['CREDENTIAL_READ'] }),
    )
    const error = await keyporter.credentials.get({ id: 'x' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SdkError)
    expect(error).toMatchObject({
      code: 'insufficient_permissions',
      status: 403,
      requestId: 'req_1',
      message: 'Not like this. (insufficient_permissions, request req_1)',
      problem: { requiredPermissions: ['CREDENTIAL_READ'] },
    })
  })

  it('of another server has the code unexpected_response', async () => {
    const { keyporter } = client(() => new Response('Bad gateway', { status: 500 }))
    await expect(keyporter.credentials.get({ id: 'x' })).rejects.toMatchObject({
      code: 'unexpected_response',
      status: 500,
      message: 'The server responded with status 500. (unexpected_response)',
    })
  })

  it('distinguishes network errors, timeouts and aborted requests', async () => {
    const cut = client(() => Promise.reject(new TypeError('fetch failed')), { retriesMax: 0 })
    await expect(cut.keyporter.credentials.list()).rejects.toMatchObject({ code: 'network_error' })

    const waiting: FetchResponder = ({ init }) =>
      new Promise((_resolve, reject) => {
        const abort = () => reject(new Error('aborted'))
        if (init.signal?.aborted === true) abort()
        init.signal?.addEventListener('abort', abort)
      })
    const slow = client(waiting, { retriesMax: 0, timeoutMs: 10 })
    await expect(slow.keyporter.credentials.list()).rejects.toMatchObject({
      code: 'timeout',
      message: 'The server did not respond within 10 ms. (timeout)',
    })

    const wish = new AbortController()
    const aborted = client(waiting).keyporter.credentials.list({}, { signal: wish.signal })
    wish.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' })
  })
})

describe('retries', () => {
  const failing = (times: number, failure: () => Response): FetchResponder => {
    return (_request, index) => (index < times ? failure() : page([]))
  }

  it('overcome two failures, with growing pauses', async () => {
    const { keyporter, seen, pauses } = client(failing(2, () => problem(503, 'unavailable')))
    await keyporter.credentials.list()
    expect(seen).toHaveLength(3)
    expect(pauses).toStrictEqual([250, 500])
  })

  it('stop after two, or after retriesMax', async () => {
    const down = failing(99, () => problem(502, 'unavailable'))
    const twice = client(down)
    await expect(twice.keyporter.credentials.list()).rejects.toMatchObject({ status: 502 })
    expect(twice.seen).toHaveLength(3)
    const never = client(down)
    await expect(never.keyporter.credentials.list({}, { retriesMax: 0 })).rejects.toThrow(
      'Not like this.',
    )
    expect(never.seen).toHaveLength(1)
  })

  it('wait for Retry-After, but at most 30 seconds', async () => {
    const wait = (seconds: string) => () =>
      problem(429, 'rate_limited', {}, { 'retry-after': seconds })
    const short = client(failing(1, wait('7')))
    await short.keyporter.credentials.list()
    expect(short.pauses).toStrictEqual([7_000])
    const long = client(failing(1, wait('31')))
    await expect(long.keyporter.credentials.list()).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 31,
    })
    expect(long.seen).toHaveLength(1)
  })

  it('of a POST have the same idempotency key', async () => {
    const { keyporter, seen } = client(failing(2, () => problem(503, 'unavailable')))
    await keyporter.credentials.create({ name: 'Zeus' })
    const keys = seen.map(({ headers }) => headers.get('idempotency-key'))
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(new Set(keys).size).toBe(1)
    await keyporter.credentials.create({ name: 'Zeus' })
    expect(seen[3]?.headers.get('idempotency-key')).not.toBe(keys[0])
    await keyporter.credentials.create({ name: 'Zeus' }, { idempotencyKey: 'mine' })
    expect(seen[4]?.headers.get('idempotency-key')).toBe('mine')
  })

  it('wait for a first request in progress', async () => {
    const running = () => problem(409, 'idempotency_in_flight', {}, { 'retry-after': '1' })
    const { keyporter, seen } = client(failing(1, running))
    await keyporter.credentials.create({ name: 'Zeus' })
    expect(seen).toHaveLength(2)
  })

  it.each([400, 401, 403, 404, 409, 412, 500])('do not happen after %i', async (status) => {
    const { keyporter, seen } = client(failing(1, () => problem(status, 'some_code')))
    await expect(keyporter.credentials.list()).rejects.toMatchObject({ status })
    expect(seen).toHaveLength(1)
  })

  it('do not happen for a PATCH or an anonymous POST', async () => {
    const down = failing(1, () => problem(503, 'unavailable'))
    const changing = client(down)
    await expect(changing.keyporter.credentials.update({ id: 'x' })).rejects.toThrow(
      'Not like this.',
    )
    expect(changing.seen).toHaveLength(1)
    const signingIn = client(down, { authentication: 'session' })
    const pair = { email: 'a@b', password: 'p' }
    await expect(signingIn.keyporter.sessions.signIn(pair)).rejects.toThrow('Not like this.')
    expect(signingIn.seen).toHaveLength(1)
    expect(signingIn.seen[0]?.headers.has('idempotency-key')).toBe(false)
  })
})

describe('token authentication', () => {
  const server =
    (tokens: string[], accepted: (token: string) => boolean): FetchResponder =>
    ({ url, headers }) => {
      if (url.endsWith('/oauth/token'))
        return json({ access_token: tokens.shift(), token_type: 'Bearer', expires_in: 3600 })
      const token = headers.get('authorization')?.slice('Bearer '.length) ?? ''
      return accepted(token) ? page([]) : problem(401, 'invalid_token')
    }

  it('fetches one token for many calls', async () => {
    const { keyporter, seen } = client(
      server(['t1'], () => true),
      { authentication: 'token' },
    )
    await Promise.all([keyporter.credentials.list(), keyporter.members.list()])
    await keyporter.apis.list()
    expect(seen.filter(({ url }) => url.endsWith('/oauth/token'))).toHaveLength(1)
    expect(seen[0]).toMatchObject({ method: 'POST', body: 'grant_type=client_credentials' })
    expect(seen[0]?.headers.get('authorization')).toBe(BASIC)
    expect(seen.at(-1)?.headers.get('authorization')).toBe('Bearer t1')
  })

  it('fetches a new token once when a token is rejected', async () => {
    const revived = client(
      server(['t1', 't2'], (token) => token === 't2'),
      { authentication: 'token' },
    )
    await revived.keyporter.credentials.update({ id: 'x' })
    expect(revived.seen).toHaveLength(4)
    const rejected = client(
      server(['t1', 't2', 't3'], () => false),
      { authentication: 'token' },
    )
    await expect(rejected.keyporter.credentials.list()).rejects.toMatchObject({ status: 401 })
    expect(rejected.seen).toHaveLength(4)
  })

  it('throws the error of the token endpoint when the credential is rejected', async () => {
    const { keyporter, seen } = client(
      () => json({ error: 'invalid_client', error_description: 'No.' }, { status: 401 }),
      { authentication: 'token' },
    )
    await expect(keyporter.credentials.list()).rejects.toMatchObject({
      code: 'invalid_client',
      status: 401,
      message: 'No. (invalid_client)',
    })
    expect(seen).toHaveLength(1)
  })

  it('fetches no token for public routes', async () => {
    const { keyporter, seen } = client(() => json({ needed: false }), { authentication: 'token' })
    await keyporter.sessions.setupState()
    expect(seen).toHaveLength(1)
  })
})

describe('a download', () => {
  it('is a stream of the requested media type', async () => {
    const { keyporter, seen } = client(
      () => new Response('a,b\r\n', { headers: { 'content-type': 'text/csv; charset=utf-8' } }),
    )
    const stream = await keyporter.download(
      routes.auditEvents.list,
      { action: 'credential.created' },
      { mediaType: 'text/csv' },
    )
    expect(await new Response(stream).text()).toBe('a,b\r\n')
    expect(seen[0]?.headers.get('accept')).toBe('text/csv')
    expect(seen[0]?.url).toBe(`${BASE}/v1/audit-events?action=credential.created`)
  })

  it('with another media type is an error', async () => {
    const { keyporter } = client(() => page([]))
    const asked = keyporter.download(routes.auditEvents.list, {}, { mediaType: 'text/csv' })
    await expect(asked).rejects.toMatchObject({ code: 'unexpected_response' })
  })

  it('that is rejected is an error', async () => {
    const { keyporter } = client(() => problem(406, 'not_acceptable'))
    const asked = keyporter.download(routes.auditEvents.list, {}, { mediaType: 'text/html' })
    await expect(asked).rejects.toMatchObject({ code: 'not_acceptable' })
  })
})

describe('options', () => {
  it('default to environment variables', async () => {
    const fetch = recordingFetch(() => page([]))
    const env = {
      KEYPORTER_URL: 'http://127.0.0.1:1',
      KEYPORTER_CLIENT_ID: 'id',
      KEYPORTER_CLIENT_SECRET: 's',
    }
    await createKeyporter({ authentication: 'basic', fetch }, { env }).apis.list()
    expect(fetch.seen[0]?.url).toBe('http://127.0.0.1:1/v1/apis')
    expect(fetch.seen[0]?.headers.get('authorization')).toBe(`Basic ${btoa('id:s')}`)
  })

  it('that are missing or invalid are named in the error', () => {
    const make = (options: ClientOptions) => () => createKeyporter(options, { env: {} })
    expect(make(PAIR)).toThrow('baseUrl is missing. Set baseUrl or KEYPORTER_URL.')
    expect(make({ baseUrl: BASE })).toThrow('clientId is missing')
    expect(make({ baseUrl: BASE, clientId: 'x' })).toThrow('clientSecret is missing')
    for (const baseUrl of ['keys.example.com', 'ftp://x', 'https://x?y', 'https://x#y'])
      expect(make({ ...PAIR, baseUrl })).toThrow('baseUrl')
    expect(make({ ...PAIR, baseUrl: 'https://a:b@x' })).toThrow('Use clientId and clientSecret.')
  })
})

describe('the secret', () => {
  it('never appears in a printed client or error', async () => {
    const { keyporter } = client(() => Promise.reject(new TypeError('fetch failed')), {
      retriesMax: 0,
    })
    const error = await keyporter.credentials.list().catch((thrown: unknown) => thrown)
    const printed = [
      String(keyporter),
      inspect(keyporter, { depth: 9, showHidden: true }),
      JSON.stringify(keyporter),
      inspect(error, { depth: 9, showHidden: true }),
    ].join('\n')
    expect(printed).not.toContain(PAIR.clientSecret)
    expect(printed).not.toContain(BASIC.slice('Basic '.length))
    expect(String(keyporter)).toBe('Keyporter https://keys.example.com/prefix as kpc_live_abc')
  })
})
