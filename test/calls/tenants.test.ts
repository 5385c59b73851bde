import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createCredential, createOrganization, requestToken } from '../support/credentials.ts'
import { createIntegration, putConnection } from '../support/integrations.ts'
import { callProxy } from '../support/isolated-proxy.ts'
import { signIn } from '../support/people.ts'
import { basic, type Pair, startTestServer, type TestServer } from '../support/server.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

// The connection that a call uses, per organization. The token that the upstream receives
// identifies the connection.

let upstream: Upstream
let server: TestServer
let ada: { readonly id: string; readonly manager: Pair }
let bob: { readonly id: string; readonly manager: Pair }
/**
 * Integrations of the operator: with shared secrets, with secrets for each organization, and with
 * shared secrets as the fallback.
 */
const ids = { shared: '', perOrganization: '', fallback: '', ownedByAda: '' }

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({
    env: { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32' },
  })
  ada = await createOrganization(server, 'Ada')
  bob = await createOrganization(server, 'Bob')
  const make = async (changes: object, owners: readonly string[], as = server.manager) => {
    const made = await createIntegration(server, { baseUrl: upstream.origin, ...changes }, as)
    for (const owner of owners)
      await putConnection(server, made, {
        owner,
        as,
        auth: { kind: 'bearer', token: `token-of-${owner}` },
      })
    return made.id
  }
  ids.shared = await make({}, ['shared'])
  ids.perOrganization = await make({ organizationSpecific: true }, [server.operatorId, ada.id])
  ids.fallback = await make({ organizationSpecific: true, sharedFallback: true }, [
    'shared',
    ada.id,
  ])
  ids.ownedByAda = await make({}, ['shared'], ada.manager)
})
afterAll(async () => {
  await server.close()
  await upstream.close()
})
beforeEach(() => void upstream.received.splice(0))

type Caller = 'operator' | 'ada' | 'bob'
const credentialsOf = (who: Caller) =>
  ({ operator: server.manager, ada: ada.manager, bob: bob.manager })[who]
const idOf = (who: Caller | 'nobody') =>
  ({
    operator: server.operatorId,
    ada: ada.id,
    bob: bob.id,
    nobody: 'org_01jd0000000000000000000000',
  })[who]

/** Returns the token that the upstream received, or the status and code of the error. */
async function outcome(
  who: Caller,
  integration: keyof typeof ids,
  organization?: Caller | 'nobody',
) {
  const headers = ['Authorization', basic(credentialsOf(who))]
  if (organization !== undefined) headers.push('Keyporter-Organization', idOf(organization))
  const { status, text } = await callProxy(`${server.url}/proxy/${ids[integration]}`, '/', {
    headers,
  })
  if (status !== 200) return `${status} ${JSON.parse(text).code}`
  const token = upstream.received.at(-1)?.headers['authorization']?.[0] ?? ''
  return token
    .replace('Bearer token-of-', '')
    .replace(ada.id, 'ada')
    .replace(server.operatorId, 'operator')
}

const matrix: readonly (readonly [
  Caller,
  keyof typeof ids,
  Caller | 'nobody' | undefined,
  string,
])[] = [
  ['operator', 'shared', undefined, 'shared'],
  ['operator', 'shared', 'operator', 'shared'],
  ['operator', 'shared', 'ada', 'shared'],
  ['operator', 'shared', 'nobody', '404 not_found'],
  ['operator', 'perOrganization', undefined, 'operator'],
  ['operator', 'perOrganization', 'ada', 'ada'],
  ['operator', 'perOrganization', 'bob', '409 connection_missing'],
  ['operator', 'perOrganization', 'nobody', '404 not_found'],
  ['operator', 'fallback', undefined, 'shared'],
  ['operator', 'fallback', 'ada', 'ada'],
  ['operator', 'fallback', 'bob', 'shared'],
  ['operator', 'ownedByAda', undefined, '404 not_found'],
  ['operator', 'ownedByAda', 'ada', '404 not_found'],
  ['ada', 'ownedByAda', undefined, 'shared'],
  ['ada', 'ownedByAda', 'ada', 'shared'],
  ['ada', 'ownedByAda', 'bob', '404 not_found'],
  ['ada', 'perOrganization', undefined, 'ada'],
  ['ada', 'perOrganization', 'ada', 'ada'],
  ['ada', 'perOrganization', 'operator', '404 not_found'],
  ['ada', 'perOrganization', 'bob', '404 not_found'],
  ['ada', 'fallback', undefined, 'ada'],
  ['ada', 'shared', undefined, '404 not_found'],
  ['bob', 'perOrganization', undefined, '404 not_found'],
  ['bob', 'fallback', undefined, '404 not_found'],
  ['bob', 'shared', undefined, '404 not_found'],
  ['bob', 'ownedByAda', undefined, '404 not_found'],
  ['bob', 'ownedByAda', 'ada', '404 not_found'],
]

describe('does', () => {
  it.each(matrix)(
    '%s, through %s, for %s: %s',
    async (who, integration, organization, expected) => {
      // Twice: the cache and the store must agree.
      expect(await outcome(who, integration, organization)).toBe(expected)
      expect(await outcome(who, integration, organization)).toBe(expected)
      if (/^\d/.test(expected)) expect(upstream.received).toEqual([])
    },
  )

  it('deleted secrets, and secrets of a changed origin, are not used from the next call on', async () => {
    const { id } = await createIntegration(server, { baseUrl: upstream.origin })
    const call = () =>
      callProxy(`${server.url}/proxy/${id}`, '/', {
        headers: ['Authorization', basic(server.manager)],
      })
    await putConnection(server, { id })
    expect((await call()).status).toBe(200)
    await server.send('PATCH', `/v1/integrations/${id}`, {
      body: { baseUrl: `${upstream.origin}/other` },
    })
    expect((await call()).status).toBe(409)
    await putConnection(server, { id })
    expect((await call()).status).toBe(200)
    await server.send('DELETE', `/v1/integrations/${id}/connections/shared`)
    expect((await call()).status).toBe(409)
    await server.send('DELETE', `/v1/integrations/${id}`)
    expect((await call()).status).toBe(404)
  })

  it('a call records its use at the integration, the connection and the credential', async () => {
    const { id } = await createIntegration(server, { baseUrl: upstream.origin })
    await putConnection(server, { id })
    const headers = ['Authorization', basic(server.manager)]
    await callProxy(`${server.url}/proxy/${id}`, '/', { headers })
    await server.flushUsage()
    const integration = await server.send('GET', `/v1/integrations/${id}`)
    expect(integration.body.lastUsedAt).toBe(new Date(server.clock.now()).toISOString())
    const { body } = await server.send('GET', `/v1/integrations/${id}/connections`)
    expect(body.data[0].lastUsedAt).toBe(new Date(server.clock.now()).toISOString())
  })
})

describe('rejects', () => {
  const through = (headers: readonly string[]) =>
    callProxy(`${server.url}/proxy/${ids.shared}`, '/', { headers: [...headers] })

  it('a credential of another environment', async () => {
    const builtIn = await server.send('GET', '/v1/apis?slug=keyporter')
    const apiId = builtIn.body.data[0].id
    const issued = await createCredential(server, { apiId, environment: 'test' })
    const { status, text } = await through(['Authorization', basic(issued)])
    expect([status, JSON.parse(text).code]).toEqual([403, 'environment_mismatch'])
    expect(upstream.received).toEqual([])
  })

  it('a caller without CALL_WRITE, and names the privilege', async () => {
    const token = await requestToken(server, server.manager, { scope: 'INTEGRATION_READ' })
    const { status, text } = await through(['Authorization', `Bearer ${token}`])
    expect([status, JSON.parse(text).requiredPermissions]).toEqual([403, ['CALL_WRITE']])
  })

  it('a session, even with every privilege', async () => {
    const { cookie } = await signIn(server, server.admin.email, server.admin.password)
    const { status, text } = await through(['Cookie', cookie, 'Sec-Fetch-Site', 'same-origin'])
    expect([status, JSON.parse(text).code]).toEqual([401, 'unauthenticated'])
    expect(upstream.received).toEqual([])
  })

  it('an organization without the stored credentials feature, from the next call on', async () => {
    const other = await createOrganization(server, 'Without')
    const headers = ['Authorization', basic(server.manager), 'Keyporter-Organization', other.id]
    expect((await through(headers)).status).toBe(200)
    await server.send('PATCH', `/v1/organizations/${other.id}`, {
      body: { features: { stored: false } },
    })
    expect((await through(headers)).status).toBe(404)
  })
})
