import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  createOrganization,
  type IssuedCredential,
  requestToken,
} from '../../../../../test/support/credentials.ts'
import { countHmacs, type HmacCounter } from '../../../../../test/support/hmac-counter.ts'
import {
  basic,
  type Pair,
  startTestServer,
  type TestResponse,
  type TestServer,
} from '../../../../../test/support/server.ts'
import { followChanges } from '../../store/change-feed.ts'
import { openStore } from '../../store/open.ts'
import { createAuthenticationCache } from './authentication-cache.ts'
import { createCredentialCache } from './credential-cache.ts'

const FAILURES_MAX = 5_000

let server: TestServer
let digests: HmacCounter
let client: IssuedCredential

beforeAll(async () => {
  server = await startTestServer({
    overrides: { failuresMax: { perClient: FAILURES_MAX, perNetwork: FAILURES_MAX } },
  })
  await createContactsApi(server)
  digests = countHmacs()
})
afterAll(async () => {
  digests.stop()
  await server.close()
})
beforeEach(async () => {
  client = await createCredential(server)
})

const mint = (as: Pair, form: object = {}) =>
  server.send('POST', '/oauth/token', { as, form: { grant_type: 'client_credentials', ...form } })
const verify = (authorization: string, as: Pair = server.manager) =>
  server.send('POST', '/v1/verify', { body: { authorization }, as })
const bearer = ({ clientSecret }: Pair) => `Bearer ${clientSecret}`

/** All requests that authenticate the client by a header. Each returns whether it succeeded. */
const requests: Readonly<Record<string, () => Promise<boolean>>> = {
  'for a token': async () => (await mint(client)).status === 200,
  'for an introspection': async () =>
    (await server.send('POST', '/oauth/introspect', { as: client, form: { token: 'x' } }))
      .status === 200,
  'by verification, as Basic': async () => isValid(await verify(basic(client))),
  'by verification, as a bearer': async () => isValid(await verify(bearer(client))),
}

function isValid({ body }: TestResponse): boolean {
  return body.valid
}

/** Sends each request twice, so that each header is cached. */
async function warmCache(): Promise<void> {
  for (const send of Object.values(requests))
    expect([await send(), await send()]).toEqual([true, true])
}

async function outcomes(): Promise<boolean[]> {
  const all = []
  for (const send of Object.values(requests)) all.push(await send())
  return all
}

const allRejected = Object.keys(requests).map(() => false)

describe('does', () => {
  it.each(Object.entries(requests))(
    'authenticates a cached client %s without computing a digest',
    async (_way, send) => {
      expect(await send()).toBe(true)
      digests.clear()
      for (let round = 0; round < 5; round += 1) expect(await send()).toBe(true)
      expect(digests.count()).toBe(0)
    },
  )

  it('cached and uncached authentication give the same response', async () => {
    const [first, second] = [await verify(basic(client)), await verify(basic(client))]
    expect(second.text).toBe(first.text)
    const names = (response: TestResponse) => [...response.headers.keys()].sort()
    expect(names(second)).toEqual(names(first))
  })

  it('uses with cached authentication are counted', async () => {
    for (let round = 0; round < 3; round += 1) await verify(bearer(client))
    await server.flushUsage()
    const usage = await server.send('GET', `/v1/credentials/${client.id}/usage`)
    expect(usage.body.totals.outcomes).toEqual({ valid: 3 })
  })
})

describe('rejects', () => {
  beforeEach(warmCache)

  it('a revoked credential, from the next request', async () => {
    await server.send('POST', `/v1/credentials/${client.id}/revoke`, { body: {} })
    expect(await outcomes()).toEqual(allRejected)
  })

  it('a credential from the instant of its expiry', async () => {
    const expiresAt = new Date(server.clock.now() + 60_000).toISOString()
    await server.send('PATCH', `/v1/credentials/${client.id}`, { body: { expiresAt } })
    await warmCache()
    server.clock.move(59_000)
    digests.clear()
    expect(isValid(await verify(bearer(client)))).toBe(true)
    expect(digests.count()).toBe(0)
    server.clock.move(1_000)
    expect(await outcomes()).toEqual(allRejected)
  })

  it('a removed permission, from the next request', async () => {
    const scope = 'CONTACT_WRITE'
    expect((await mint(client, { scope })).status).toBe(200)
    await server.send('PATCH', `/v1/credentials/${client.id}`, {
      body: { permissions: ['CONTACT_READ'] },
    })
    expect((await mint(client, { scope })).body.error).toBe('invalid_scope')
    expect((await verify(bearer(client))).body.permissions).toEqual(['CONTACT_READ'])
  })

  it('a revoked caller of the management API', async () => {
    const { id, manager } = await createOrganization(server, 'Short-lived')
    const list = () => server.send('GET', '/v1/credentials', { as: manager })
    const { body } = await list()
    expect((await list()).status).toBe(200)
    expect(body.data[0].organizationId).toBe(id)
    await server.send('POST', `/v1/credentials/${body.data[0].id}/revoke`, {
      body: { organizationId: id },
    })
    expect((await list()).status).toBe(401)
  })

  it('a header with one flipped bit', async () => {
    for (const header of [basic(client), bearer(client)]) {
      const start = header.indexOf(' ') + 1
      for (let index = start; index < header.length; index += 1) {
        const code = header.charCodeAt(index) ^ (1 << (index % 7))
        const other = header.slice(0, index) + String.fromCharCode(code) + header.slice(index + 1)
        // A rejection reloads the credential, so the valid header must be cached again.
        expect(isValid(await verify(header))).toBe(true)
        expect([index, isValid(await verify(other))]).toEqual([index, false])
      }
    }
  })

  it('a bare secret at the token endpoint, even if it is cached as a bearer', async () => {
    const { status } = await server.send('POST', '/oauth/token', {
      as: client.clientSecret,
      form: { grant_type: 'client_credentials' },
    })
    expect(status).toBe(401)
  })

  it('a cached header together with another authentication method', async () => {
    for (const [name, error] of [
      ['client_secret', 'invalid_request'],
      ['client_assertion', 'invalid_request'],
      ['client_id', 'invalid_request'],
    ] as const)
      expect((await mint(client, { [name]: 'x' })).body.error).toBe(error)
    expect((await mint(client, { client_id: client.clientId })).status).toBe(200)
  })

  it('verification of another organization’s client, even if it is cached', async () => {
    const { manager } = await createOrganization(server, `Other ${client.id}`)
    expect((await verify(bearer(client), manager)).body).toEqual({
      valid: false,
      code: 'not_found',
    })
  })

  it('a token after the revocation of its client, even if both are cached', async () => {
    const token = await requestToken(server, client)
    const introspect = () => server.send('POST', '/oauth/introspect', { form: { token } })
    expect([(await introspect()).body.active, (await introspect()).body.active]).toEqual([
      true,
      true,
    ])
    await server.send('POST', `/v1/credentials/${client.id}/revoke`, { body: {} })
    expect((await introspect()).body).toEqual({ active: false })
  })

  it('a cached client while its network is blocked', async () => {
    const slowed = await startTestServer({
      overrides: { failuresMax: { perClient: 3, perNetwork: 100 } },
    })
    try {
      await createContactsApi(slowed)
      const known = await createCredential(slowed)
      await requestToken(slowed, known)
      const wrong = { ...known, clientSecret: client.clientSecret }
      const form = { grant_type: 'client_credentials' }
      for (let round = 0; round < 3; round += 1)
        await slowed.send('POST', '/oauth/token', { as: wrong, form })
      const response = await slowed.send('POST', '/oauth/token', { as: known, form })
      expect([response.status, response.body.error]).toEqual([429, 'temporarily_unavailable'])
    } finally {
      await slowed.close()
    }
  })
})

describe('caches', () => {
  it('a limited number of headers, each for one cached credential', async () => {
    await server.restart(async () => {
      const store = await openStore(
        server.databaseUrl === undefined
          ? { kind: 'sqlite', directory: server.dataDirectory }
          : { kind: 'postgres', url: server.databaseUrl },
      )
      const feed = await followChanges(store)
      const credentialCache = createCredentialCache(store.reader, feed)
      const { find, add } = createAuthenticationCache({ credentialCache, clock: server.clock })
      const credential = await credentialCache.load({ by: 'id', value: client.id })
      const [secret] = credential?.secrets ?? []
      if (credential === undefined || secret === undefined) throw new TypeError('No credential')
      const headers = Array.from({ length: 30_000 }, (_, index) => `Basic ${index}`)
      const { granted, expiresAt: expiresAtMs } = credential
      for (const header of headers)
        add(header, { kind: 'authenticated', credential, secret, granted, expiresAtMs })
      // The loop above may have blocked the change feed.
      await feed.catchUp()
      const found = headers.filter((header) => find(header) !== undefined)
      expect(found.length).toBeLessThanOrEqual(20_000)
      expect(found).toContain(headers.at(-1))
      // A reload creates a different object, which invalidates the cached headers.
      await feed.catchUp()
      expect(await credentialCache.load({ by: 'id', value: client.id })).toEqual(credential)
      expect(credentialCache.peek({ by: 'id', value: client.id })).toEqual(credential)
      expect(found.slice(-1_000).filter((header) => find(header) !== undefined)).toEqual([])
      await feed.stop()
      await store.close()
    })
  })
})
