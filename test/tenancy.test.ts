import { type Route, routeList } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContactsApi, createCredential, createOrganization } from './support/credentials.ts'
import { createConnectedIntegration, createIntegration } from './support/integrations.ts'
import { type Pair, startTestServer, type TestResponse, type TestServer } from './support/server.ts'

// Generated from the route table, so that every new route is covered.

let server: TestServer
let other: { readonly id: string; readonly manager: Pair }
/** The id of one object of the operator for each kind of object in a path. */
let operatorObjects: Record<string, string>

beforeAll(async () => {
  server = await startTestServer({
    overrides: { failuresMax: { perClient: 10_000, perNetwork: 10_000 } },
  })
  // Granted only to the operator: the other organization cannot see it.
  const api = await createContactsApi(server, { organizations: [server.operatorId] })
  const credential = await createCredential(server, { apiId: api.id })
  const member = await server.send('POST', '/v1/members', {
    body: { email: 'bob@example.com', name: 'Bob', privileges: ['audit.view'] },
  })
  other = await createOrganization(server, 'Other')
  operatorObjects = {
    credentials: credential.id,
    integrations: (await createConnectedIntegration(server)).id,
    apis: api.id,
    members: member.body.id,
    organizations: server.operatorId,
    sessions: 'ses_01jd0000000000000000000000',
  }
})
afterAll(() => server.close())

/** A valid body for each route with a body and an object in its path. */
const bodies: Record<string, object> = {
  updateOrganization: { name: 'Mine now' },
  updateMember: { name: 'Mine now' },
  inviteMember: {},
  removeMemberTotp: {},
  updateApi: { name: 'Mine now' },
  updateCredential: { name: 'Mine now' },
  revokeCredential: {},
  updateIntegration: { name: 'Mine now' },
  putConnection: { auth: { kind: 'bearer', token: 'mine' } },
  authorizeConnection: {},
  fetchConnectionToken: {},
  signCall: { method: 'GET', path: '/' },
  testCall: { method: 'GET', path: '/' },
}

const routesWithObject = routeList.filter(
  (route) => route.path.includes(':') && route.access !== 'public',
)
const authenticated = routeList.filter((route) => route.access !== 'public')
const scoped = authenticated.filter(
  (route) => route.organization !== false && route.path !== '/v1/verify',
)

function resourceOf(route: Route): string {
  return route.path.split('/')[2] ?? ''
}

function pathOf(route: Route, id: string): string {
  return route.path.replace(':organization', 'shared').replace(/:\w+/, id)
}

function askAs(route: Route, path: string, as: Pair | null): Promise<TestResponse> {
  const body = bodies[route.operationId]
  return server.send(route.method, path, { as, ...(body === undefined ? {} : { body }) })
}

/** Returns the response without the parts that differ between requests. */
function visible(response: TestResponse): unknown {
  const headers = [...response.headers].filter(
    ([name]) => name !== 'date' && name !== 'x-request-id',
  )
  return { status: response.status, headers, body: { ...response.body, instance: '' } }
}

describe('every route with an object in its path', () => {
  it.each(routesWithObject.map((route) => [route.operationId, route] as const))(
    '%s gives the same response for another organization’s object as for a missing one',
    async (_name, route) => {
      const id = operatorObjects[resourceOf(route)]
      expect(id, `no object to ask ${route.path} for: add one to this test`).toBeDefined()
      if (route.method !== 'GET' && route.method !== 'DELETE') {
        expect(bodies[route.operationId], `no body for ${route.operationId}: add one`).toBeDefined()
      }
      const foreignResponse = await askAs(route, pathOf(route, id ?? ''), other.manager)
      const missingResponse = await askAs(
        route,
        pathOf(route, `${id?.slice(0, -8)}zzzzzzzz`),
        other.manager,
      )
      const malformedResponse = await askAs(route, pathOf(route, 'nonsense'), other.manager)
      expect(foreignResponse.status).toBe(404)
      expect(visible(foreignResponse)).toEqual(visible(missingResponse))
      expect(visible(foreignResponse)).toEqual(visible(malformedResponse))
    },
  )

  it('a rejected request changes nothing', async () => {
    const credential = await server.send('GET', `/v1/credentials/${operatorObjects['credentials']}`)
    expect(credential.body).toMatchObject({ name: 'Test', status: 'active' })
    expect((await server.send('GET', `/v1/organizations/${server.operatorId}`)).body.name).toBe(
      'Acme',
    )
  })
})

describe('a route with an organization below an object in its path', () => {
  const nested = routeList.filter(({ path }) => path.includes(':organization'))

  it.each(nested.map((route) => [route.operationId, route] as const))(
    '%s gives the same response for another organization as for a missing one',
    async (_name, route) => {
      const own = await createIntegration(server, { organizationSpecific: true }, other.manager)
      const path = (organization: string) =>
        route.path.replace(':organization', organization).replace(':id', own.id)
      const foreignResponse = await askAs(route, path(server.operatorId), other.manager)
      const missingResponse = await askAs(
        route,
        path('org_01jd0000000000000000000000'),
        other.manager,
      )
      const malformedResponse = await askAs(route, path('nonsense'), other.manager)
      expect(foreignResponse.status).toBe(404)
      expect(visible(foreignResponse)).toEqual(visible(missingResponse))
      expect(visible(foreignResponse)).toEqual(visible(malformedResponse))
    },
  )
})

describe('every route within an organization', () => {
  it.each(scoped.map((route) => [route.operationId, route] as const))(
    '%s gives other callers 404 for another organization, existing or not',
    async (_name, route) => {
      const path = pathOf(route, operatorObjects[resourceOf(route)] ?? '')
      const real = await askAs(route, `${path}?organizationId=${server.operatorId}`, other.manager)
      const missingResponse = await askAs(
        route,
        `${path}?organizationId=org_01jd0000000000000000000000`,
        other.manager,
      )
      expect(real.status).toBe(404)
      expect(visible(real)).toEqual(visible(missingResponse))
    },
  )

  it.each(['%00', 'nonsense', 'org_', '%F0%9F%98%80'])(
    'gives the operator 404 for the organization %s',
    async (id) => {
      expect((await server.send('GET', `/v1/credentials?organizationId=${id}`)).status).toBe(404)
    },
  )

  it('shows the operator only the requested organization’s objects', async () => {
    const { body } = await server.send('GET', `/v1/credentials?organizationId=${other.id}`)
    expect(
      body.data.map((credential: { organizationId: string }) => credential.organizationId),
    ).toEqual([other.id])
  })

  it('shows other callers only their own objects in lists, counts, search and audit', async () => {
    const lists = [
      '/v1/credentials?include=counts',
      '/v1/members',
      '/v1/audit-events',
      '/v1/organizations',
      '/v1/apis',
      '/v1/credentials?q=Test',
      '/v1/integrations',
      '/v1/integrations?q=Weather',
    ]
    for (const path of lists) {
      const { text, status } = await server.send('GET', path, { as: other.manager })
      expect(status).toBe(200)
      for (const id of Object.values(operatorObjects)) expect(text).not.toContain(id)
      expect(text).not.toContain('bob@example.com')
    }
  })

  it('rejects another organization’s cursor, and a modified one', async () => {
    await createCredential(server, { apiId: operatorObjects['apis'] })
    const { body } = await server.send('GET', '/v1/credentials?limit=1')
    expect(body.nextCursor).toEqual(expect.any(String))
    const path = (cursor: string) => `/v1/credentials?limit=1&cursor=${cursor}`
    expect((await server.send('GET', path(body.nextCursor))).status).toBe(200)
    expect((await server.send('GET', path(body.nextCursor), { as: other.manager })).body.code).toBe(
      'invalid_cursor',
    )
    expect((await server.send('GET', path(`A${body.nextCursor}`))).body.code).toBe('invalid_cursor')
    expect((await server.send('GET', `${path(body.nextCursor)}&q=x`)).body.code).toBe(
      'invalid_cursor',
    )
  })
})

describe('every route that requires authentication', () => {
  it.each(authenticated.map((route) => [route.operationId, route] as const))(
    '%s gives 401 without credentials, and 403 without its permissions',
    async (_name, route) => {
      const path = pathOf(route, operatorObjects[resourceOf(route)] ?? '')
      expect((await askAs(route, path, null)).status).toBe(401)
      if (!Array.isArray(route.access)) return
      const response = await askAs(route, path, await credentialWithout(route.access))
      expect([response.status, response.body.code]).toEqual([403, 'insufficient_permissions'])
      expect(response.body.requiredPermissions).toEqual(route.access)
    },
  )
})

const limitedCredentials = new Map<string, Pair>()

/** Returns a credential of the built-in API with all permissions except the given ones. */
async function credentialWithout(permissions: readonly string[]): Promise<Pair> {
  const key = permissions.join(' ')
  const existing = limitedCredentials.get(key)
  if (existing !== undefined) return existing
  const { body } = await server.send('GET', '/v1/apis?slug=keyporter')
  const [builtIn] = body.data
  const rest = builtIn.scopes.filter((scope: string) => !permissions.includes(scope))
  const credential = await createCredential(server, { apiId: builtIn.id, permissions: rest })
  limitedCredentials.set(key, credential)
  return credential
}
