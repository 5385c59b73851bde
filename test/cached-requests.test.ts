import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  type IssuedCredential,
  requestToken,
} from './support/credentials.ts'
import { createIntegration, putConnection } from './support/integrations.ts'
import { basic, startTestServer, type TestResponse, type TestServer } from './support/server.ts'
import { recordStatements, type StatementRecorder } from './support/statement-recorder.ts'
import { startUpstream, type Upstream } from './support/upstream.ts'

// Requests that an API sends for each of its own requests are served from the cache, without a database query.

const IDLE_MS = 500

let server: TestServer
let store: StatementRecorder
let client: IssuedCredential
let token: string
let upstream: Upstream
/** Proxied paths of an integration with a shared connection, and of one with an organization's connection. */
let proxied: readonly string[]

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({
    env: { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32' },
  })
  proxied = await Promise.all(
    ['shared', server.operatorId].map(async (owner) => {
      const made = await createIntegration(server, {
        baseUrl: upstream.origin,
        organizationSpecific: owner !== 'shared',
      })
      await putConnection(server, made, { owner })
      return `/proxy/${made.id}/things`
    }),
  )
  await createContactsApi(server)
  client = await createCredential(server)
  token = await requestToken(server, client)
  store = recordStatements()
  await waitUntilIdle()
})
afterAll(async () => {
  store.stop()
  await server.close()
  await upstream.close()
})

/** Waits until background work after the setup, such as the check of the encryption keys, is done. */
async function waitUntilIdle(): Promise<void> {
  do {
    store.clear()
    await sleep(IDLE_MS)
  } while (store.statements().length > 0)
}

const verify = (body: object): Promise<TestResponse> => server.send('POST', '/v1/verify', { body })

const paths: Readonly<Record<string, () => Promise<TestResponse>>> = {
  'a token': () =>
    server.send('POST', '/oauth/token', {
      as: client,
      form: { grant_type: 'client_credentials' },
    }),
  'a token with a narrower scope': () =>
    server.send('POST', '/oauth/token', {
      as: client,
      form: { grant_type: 'client_credentials', scope: 'CONTACT_READ' },
    }),
  'a verification of client id and secret': () =>
    verify({ clientId: client.clientId, clientSecret: client.clientSecret }),
  'a verification of a bare secret': () =>
    verify({ authorization: `Bearer ${client.clientSecret}` }),
  'a verification of Basic': () => verify({ authorization: basic(client) }),
  'a verification of a token': () => verify({ token }),
  'a verification of permissions': () => verify({ token, permissions: ['CONTACT_READ'] }),
  'a verification of a method and path': () =>
    verify({ authorization: basic(client), method: 'GET', path: '/v1/contacts/7/events' }),
  'an introspection': () => server.send('POST', '/oauth/introspect', { form: { token } }),
  'an introspection by the client itself': () =>
    server.send('POST', '/oauth/introspect', { as: client, form: { token } }),
  'a call through the proxy': () => server.send('GET', proxied[0] ?? ''),
  'a call with an organization’s own connection': () =>
    server.send('POST', proxied[1] ?? '', {
      body: { a: 1 },
      headers: { 'keyporter-organization': server.operatorId },
    }),
}

const isSuccessful = ({ status, body }: TestResponse): boolean =>
  status === 200 && body.valid !== false && body.active !== false

describe('the cache', () => {
  it.each(Object.entries(paths))('serves %s without a database query', async (_name, send) => {
    expect(isSuccessful(await send())).toBe(true)
    store.clear()
    for (let round = 0; round < 20; round += 1) expect(isSuccessful(await send())).toBe(true)
    expect(store.statements()).toEqual([])
  })

  it('serves concurrent requests without a database query', async () => {
    store.clear()
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => Object.values(paths).map((send) => send())).flat(),
    )
    expect(responses.every(isSuccessful)).toBe(true)
    expect(store.statements()).toEqual([])
  })
})

describe('the server', () => {
  beforeEach(() => store.clear())

  it('rejects malformed credentials and wrong checksums without a database query', async () => {
    const wrong = `${client.clientSecret.slice(0, -1)}${client.clientSecret.endsWith('a') ? 'b' : 'a'}`
    for (const authorization of [`Bearer ${wrong}`, 'Bearer x', 'Basic !', 'Digest x', ''])
      expect((await verify({ authorization })).body.code).toBe('malformed')
    expect((await verify({ token: `${token.slice(0, -2)}AA` })).body.valid).toBe(false)
    expect(store.statements()).toEqual([])
  })

  it('reads a changed row again in the next request, once', async () => {
    await server.send('PATCH', `/v1/credentials/${client.id}`, { body: { notes: 'x' } })
    store.clear()
    expect(isSuccessful(await verify({ token }))).toBe(true)
    const read = store.statements().length
    expect(read).toBeGreaterThan(0)
    expect(isSuccessful(await verify({ token }))).toBe(true)
    expect(store.statements()).toHaveLength(read)
  })
})
