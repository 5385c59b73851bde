import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createIntegration, putConnection } from './support/integrations.ts'
import { createContactsApi, createCredential, type Issued, obtainToken } from './support/issue.ts'
import { basic, startTestServer, type TestResponse, type TestServer } from './support/server.ts'
import { recordStatements, type StatementRecorder } from './support/statement-recorder.ts'
import { startUpstream, type Upstream } from './support/upstream.ts'

// Requests on the hot paths need no database reads.

const IDLE_MS = 500

let server: TestServer
let store: StatementRecorder
let client: Issued
let token: string
let upstream: Upstream
/** Integrations with a shared connection and with the organization's own connection. */
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
  token = await obtainToken(server, client)
  store = recordStatements()
  await waitUntilIdle()
})
afterAll(async () => {
  store.stop()
  await server.close()
  await upstream.close()
})

/** Waits until background work, such as reloading encryption keys, has finished. */
async function waitUntilIdle(): Promise<void> {
  do {
    store.clear()
    await sleep(IDLE_MS)
  } while (store.statements().length > 0)
}

const verify = (body: object): Promise<TestResponse> => server.ask('POST', '/v1/verify', { body })

const paths: Readonly<Record<string, () => Promise<TestResponse>>> = {
  'a token': () =>
    server.ask('POST', '/oauth/token', {
      as: client,
      form: { grant_type: 'client_credentials' },
    }),
  'a token with a narrower scope': () =>
    server.ask('POST', '/oauth/token', {
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
  'an introspection': () => server.ask('POST', '/oauth/introspect', { form: { token } }),
  'an introspection by the client itself': () =>
    server.ask('POST', '/oauth/introspect', { as: client, form: { token } }),
  'a proxy call': () => server.ask('GET', proxied[0] ?? ''),
  'a proxy call with an organization’s own connection': () =>
    server.ask('POST', proxied[1] ?? '', {
      body: { a: 1 },
      headers: { 'keyporter-organization': server.operatorId },
    }),
}

const isGood = ({ status, body }: TestResponse): boolean =>
  status === 200 && body.valid !== false && body.active !== false

describe('does', () => {
  it.each(Object.entries(paths))('%s reads no rows when it is cached', async (_name, ask) => {
    expect(isGood(await ask())).toBe(true)
    store.clear()
    for (let round = 0; round < 20; round += 1) expect(isGood(await ask())).toBe(true)
    expect(store.statements()).toEqual([])
  })

  it('concurrent cached requests read no rows', async () => {
    store.clear()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => Object.values(paths).map((ask) => ask())).flat(),
    )
    expect(answers.every(isGood)).toBe(true)
    expect(store.statements()).toEqual([])
  })
})

describe('rejects', () => {
  beforeEach(() => store.clear())

  it('malformed ids and secrets without a lookup', async () => {
    const wrong = `${client.clientSecret.slice(0, -1)}${client.clientSecret.endsWith('a') ? 'b' : 'a'}`
    for (const authorization of [`Bearer ${wrong}`, 'Bearer x', 'Basic !', 'Digest x', ''])
      expect((await verify({ authorization })).body.code).toBe('malformed')
    expect((await verify({ token: `${token.slice(0, -2)}AA` })).body.valid).toBe(false)
    expect(store.statements()).toEqual([])
  })

  it('stale entries: the next request after a change reads the row once', async () => {
    await server.ask('PATCH', `/v1/credentials/${client.id}`, { body: { notes: 'x' } })
    store.clear()
    expect(isGood(await verify({ token }))).toBe(true)
    const read = store.statements().length
    expect(read).toBeGreaterThan(0)
    expect(isGood(await verify({ token }))).toBe(true)
    expect(store.statements()).toHaveLength(read)
  })
})
