import type { Route } from '@keyporter/contract'
import {
  createContactsApi,
  createCredential,
  createOrganization,
  type IssuedCredential,
} from './credentials.ts'
import {
  createConnectedIntegration,
  createConsentIntegration,
  createSigningIntegration,
  createTokenFetchingIntegration,
  createUnreachableIntegration,
} from './integrations.ts'
import { addPerson, PASSWORD } from './people.ts'
import type { TestRequest, TestResponse, TestServer } from './server.ts'
import { startTotp, totpCode } from './totp.ts'

/** A request that a route accepts. */
export type RouteRequest = {
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
  /** The caller. Default: the manager. */
  readonly who?: Pick<TestRequest, 'as' | 'cookie'>
}

/** Valid requests for every route of a server. */
export type RouteRequests = {
  /** Returns a new request for a route, with a value in every field of its body. */
  readonly create: (route: Route) => Promise<RouteRequest>
  /** Sends the request for a route, with these changes. */
  readonly send: (route: Route, changes?: RouteChanges) => Promise<TestResponse>
  /** Returns the ID of an object of each resource type. */
  readonly ids: Readonly<Record<string, string>>
}

/** The changes to a valid request. */
export type RouteChanges = {
  readonly body?: unknown
  readonly headers?: Record<string, string>
  /** The query, including the question mark. */
  readonly query?: string
  readonly who?: Pick<TestRequest, 'as' | 'cookie'>
}

/**
 * Creates an API, a credential, a member and an organization, so that every route has an object.
 */
export async function prepareRequests(server: TestServer): Promise<RouteRequests> {
  const api = await createContactsApi(server)
  const credential = await createCredential(server, { apiId: api.id })
  const organization = await createOrganization(server, 'Other')
  const person = await addPerson(server, { privileges: ['credentials.view'] })
  const ids: Readonly<Record<string, string>> = {
    apis: api.id,
    credentials: credential.id,
    integrations: (await createConnectedIntegration(server)).id,
    members: person.id,
    organizations: organization.id,
    sessions: 'ses_01jd0000000000000000000000',
  }
  const spare = await createContactsApi(server, {
    identifier: 'https://spare.example.com',
    organizations: [server.operatorId],
  })
  let count = 0
  const bodies = bodiesFor({ server, ids, credential, spareApiId: spare.id, cookie: person.cookie })
  const create = async (route: Route): Promise<RouteRequest> => {
    count += 1
    const id = ids[route.path.split('/')[2] ?? '']
    if (route.path.includes(':') && id === undefined)
      throw new Error(`no object for ${route.path}: add one`)
    const path = route.path.replace(':organization', 'shared').replace(/:\w+/, id ?? '')
    const make = bodies[route.operationId]
    if (make !== undefined) return { path, ...(await make(count)) }
    if (route.body !== undefined) throw new Error(`no body for ${route.operationId}: add one`)
    return { path }
  }
  return {
    create,
    ids,
    send: async (route, changes = {}) => {
      const { path, body, who } = await create(route)
      return server.send(route.method, `${path}${changes.query ?? ''}`, {
        ...(body === undefined ? {} : { body }),
        ...(route.access === 'public' ? { as: null } : {}),
        ...who,
        ...changes.who,
        ...('body' in changes ? { body: changes.body } : {}),
        ...(changes.headers === undefined ? {} : { headers: changes.headers }),
      })
    },
  }
}

type Fixtures = {
  readonly server: TestServer
  readonly ids: Readonly<Record<string, string>>
  readonly credential: IssuedCredential
  readonly spareApiId: string
  readonly cookie: string
}

type MakeRequest = (count: number) => Partial<RouteRequest> | Promise<Partial<RouteRequest>>

/** By operation: a body with every field that the contract knows, without conflicting fields. */
function bodiesFor({
  server,
  ids,
  credential,
  spareApiId,
  cookie,
}: Fixtures): Readonly<Record<string, MakeRequest>> {
  const policy = { defaultLifetimeDays: 30, maxLifetimeDays: 90, permissionCeiling: ['EVENT_READ'] }
  const features = { issued: true, stored: true, webhooks: true }
  const settings = {
    permissions: [
      {
        resource: 'EVENT',
        actions: ['read', 'write', 'delete'],
        description: 'What happened',
        scopes: { read: 'EVENT_READ', write: 'EVENT_WRITE', delete: 'EVENT_DELETE' },
      },
    ],
    operations: [{ method: 'GET', path: '/v1/events', permissions: ['EVENT_READ'] }],
    tokenTtlSeconds: 600,
    signingAlgorithm: 'ES256',
    organizations: [server.operatorId],
  }
  const integration = {
    name: 'Weather',
    notes: 'Of the tests',
    baseUrl: 'https://api.example.com/v2',
    organizationSpecific: false,
    sharedFallback: false,
    contentType: 'json',
    headers: [{ name: 'X-Source', value: 'keyporter', secret: false }],
    auth: { kind: 'bearer', prefix: 'Bearer', header: 'Authorization' },
  }
  let fetching: ReturnType<typeof createTokenFetchingIntegration> | undefined
  let signing: ReturnType<typeof createSigningIntegration> | undefined
  let unreachable: ReturnType<typeof createUnreachableIntegration> | undefined
  let enrolling: ReturnType<typeof beginTotp> | undefined
  const expiresAt = new Date(server.clock.now() + 86_400_000).toISOString()
  return {
    createOrganization: (count) => ({
      body: { name: `Organization ${count}`, slug: `organization-${count}`, features, policy },
    }),
    updateOrganization: (count) => ({
      body: { name: 'Other', slug: `other-${count}`, features, policy },
    }),
    createMember: (count) => ({
      body: { email: `member-${count}@example.org`, name: 'Member', privileges: ['audit.view'] },
    }),
    updateMember: () => ({ body: { name: 'Member', privileges: ['audit.view'], active: true } }),
    acceptInvitation: () => ({ body: { code: 'nobody-has-this-code', password: PASSWORD } }),
    setUp: () => ({
      body: {
        code: 'nobody-has-this-code',
        organizationName: 'Acme',
        name: 'Ada',
        email: 'ada@example.org',
        password: PASSWORD,
      },
    }),
    signIn: () => ({
      body: { ...server.admin, organizationId: server.operatorId, totpCode: '000000' },
    }),
    changePassword: () => ({
      body: { currentPassword: PASSWORD, newPassword: PASSWORD },
      who: { as: null, cookie },
    }),
    startTotp: () => ({ body: { currentPassword: PASSWORD }, who: { as: null, cookie } }),
    confirmTotp: async () => {
      enrolling ??= beginTotp(server)
      const { secret, cookie: own } = await enrolling
      return {
        body: { code: totpCode(secret, server.clock.now()) },
        who: { as: null, cookie: own },
      }
    },
    removeTotp: () => ({ body: { currentPassword: PASSWORD }, who: { as: null, cookie } }),
    updatePreferences: () => ({
      body: { theme: 'dark', timeZone: 'Europe/Berlin', locale: 'en' },
      who: { as: null, cookie },
    }),
    createApi: (count) => ({
      body: {
        name: 'Events',
        identifier: `https://events-${count}.example.com`,
        slug: `events-${count}`,
        ...settings,
      },
    }),
    updateApi: () => ({ path: `/v1/apis/${spareApiId}`, body: { name: 'Events', ...settings } }),
    // Without an identifier: it would have to match the API's own identifier.
    importApi: () => ({
      body: {
        openapi: JSON.stringify({
          openapi: '3.0.1',
          info: { title: 'Events', version: '1' },
          paths: { '/events': { get: { tags: ['Events'], responses: {} } } },
        }),
        apiId: ids['apis'] ?? '',
        name: 'Events',
        permissionPattern: 'Required API Permissions: *',
        fallback: 'tags',
        apply: false,
      },
    }),
    createCredential: () => ({
      body: {
        name: 'Test',
        notes: 'Of the tests',
        expiresAt,
        permissions: ['CONTACT_READ'],
        apiId: ids['apis'],
        environment: 'production',
        kind: 'scoped',
      },
    }),
    updateCredential: () => ({
      body: { name: 'Test', notes: 'Of the tests', expiresAt, permissions: ['CONTACT_READ'] },
    }),
    revokeCredential: async () => ({
      path: `/v1/credentials/${(await createCredential(server, { apiId: ids['apis'] })).id}/revoke`,
      body: { reason: 'Of the tests' },
    }),
    verify: () => ({
      body: {
        clientId: credential.clientId,
        clientSecret: credential.clientSecret,
        permissions: ['CONTACT_READ'],
        method: 'GET',
        path: '/v1/contacts',
        apiId: credential.apiId,
        ip: '203.0.113.9',
      },
    }),
    rotateEncryptionKeys: () => ({
      body: { scope: 'organizations', organizationId: ids['organizations'] },
    }),
    destroyEncryptionKeys: (count) => destroyedKeys(server, count),
    createIntegration: () => ({ body: { ...integration, environment: 'production' } }),
    updateIntegration: () => ({ body: integration }),
    deleteIntegration: async () => ({
      path: `/v1/integrations/${(await createConnectedIntegration(server)).id}`,
    }),
    putConnection: () => ({
      body: {
        auth: { kind: 'bearer', token: 'token', prefix: 'Bearer', header: 'Authorization' },
        headers: [{ name: 'X-Tenant', value: 'shared', secret: false }],
        expiresAt,
      },
    }),
    authorizeConnection: async () => ({
      path: `/v1/integrations/${(await createConsentIntegration(server)).id}/connections/shared/authorize`,
      body: {},
    }),
    fetchConnectionToken: async () => {
      fetching ??= createTokenFetchingIntegration(server)
      return {
        path: `/v1/integrations/${(await fetching).id}/connections/shared/token`,
        body: {},
      }
    },
    signCall: async () => {
      signing ??= createSigningIntegration(server)
      return {
        path: `/v1/integrations/${(await signing).id}/sign`,
        body: {
          method: 'POST',
          path: '/a',
          query: { b: 'c' },
          headers: [{ name: 'X-Source', value: 'keyporter' }],
          body: 'd',
          organizationId: server.operatorId,
          explain: true,
        },
      }
    },
    testCall: async () => {
      unreachable ??= createUnreachableIntegration(server)
      return {
        path: `/v1/integrations/${(await unreachable).id}/test`,
        body: { method: 'GET', path: '/', organizationId: server.operatorId },
      }
    },
    deleteConnection: async () => ({
      path: `/v1/integrations/${(await createConnectedIntegration(server)).id}/connections/shared`,
    }),
    rotateSigningKey: () => ({ body: { algorithm: 'ES256', immediately: true } }),
  }
}

/** In its own organization: the encrypted values of the others stay readable. */
async function destroyedKeys(server: TestServer, count: number): Promise<Partial<RouteRequest>> {
  const slug = `shredded-${count}`
  const body = { name: `Shredded ${count}`, slug }
  const { id } = (await server.send('POST', '/v1/organizations', { body })).body
  return { body: { organizationId: id, confirm: slug } }
}

/** A member who has started to set up one-time codes. */
async function beginTotp(
  server: TestServer,
): Promise<{ readonly secret: string; readonly cookie: string }> {
  const person = await addPerson(server)
  return { secret: (await startTotp(person)).secret, cookie: person.cookie }
}
