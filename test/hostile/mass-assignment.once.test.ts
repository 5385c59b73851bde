import type { Route } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyRoutes, listBodyFields } from '../support/body-fields.ts'
import { createOrganization } from '../support/credentials.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import {
  type Pair,
  startTestServer,
  type TestResponse,
  type TestServer,
} from '../support/server.ts'

// Callers cannot set read-only fields by adding them to a body (OWASP API3:2023, mass assignment).

let server: TestServer
let requests: RouteRequests
let other: { readonly id: string; readonly manager: Pair }

beforeAll(async () => {
  server = await startTestServer()
  requests = await prepareRequests(server)
  other = await createOrganization(server, 'Another')
})
afterAll(() => server.close())

/** Read-only fields of the resources, and field names that an attacker might guess. */
const readOnlyFields: Readonly<Record<string, unknown>> = {
  id: 'cred_01jd0000000000000000000000',
  clientId: 'kpc_live_00000000000000000000',
  clientSecret: 'kp_live_chosen',
  secret: 'chosen',
  secrets: [{ digest: 'x' }],
  digest: 'x',
  secretHash: 'x',
  password: 'chosen by the attacker',
  passwordHash: 'x',
  status: 'active',
  version: 99,
  operator: true,
  builtIn: true,
  organizationSlug: 'acme',
  tenantId: 'org_01jd0000000000000000000000',
  ownerId: 'mem_01jd0000000000000000000000',
  role: 'owner',
  roles: ['owner'],
  privileges: ['organization.manage'],
  permissions: ['ORGANIZATION_WRITE'],
  scope: 'ORGANIZATION_WRITE',
  scopes: ['ORGANIZATION_WRITE'],
  admin: true,
  isAdmin: true,
  createdAt: '2020-01-01T00:00:00.000Z',
  createdBy: { type: 'system', id: null, name: 'Keyporter' },
  updatedAt: '2020-01-01T00:00:00.000Z',
  revokedAt: null,
  revokedBy: null,
  suspendedAt: null,
  deactivatedAt: null,
  lastUsedAt: '2020-01-01T00:00:00.000Z',
  lastUsedFrom: '127.0.0.1',
  endedAt: null,
  activeSeconds: 0,
  usage: { valid: 1 },
  issuer: 'https://evil.example',
  tokenUrl: 'https://evil.example/token',
  apiIdentifier: 'https://evil.example',
  invitation: { url: 'https://evil.example' },
  sequence: 1,
  hash: 'x',
  actor: { type: 'system', id: null, name: 'Keyporter' },
}

/** Returns the fields that the body of this route does not define. */
function readOnlyFieldsOf(route: Route): [string, unknown][] {
  const known = new Set(listBodyFields(route).map(({ path }) => path[0]))
  // Each import starts a worker thread, which is slow, so imports are tested with fewer fields.
  const few = new Set(['id', 'organizationSlug', 'builtIn'])
  return Object.entries(readOnlyFields)
    .filter(([name]) => !known.has(name))
    .filter(([name]) => route.operationId !== 'importApi' || few.has(name))
}

const cases = bodyRoutes.map((route) => [route.operationId, route] as const)

/** Returns every resource of the organization, except audit events and usage, which rejected requests change as well. */
async function readAll(): Promise<TestResponse['body'][]> {
  const paths = [
    'credentials',
    'members',
    'apis',
    'organizations',
    'integrations',
    `integrations/${requests.ids['integrations']}/connections`,
    'signing-keys',
    'session',
  ]
  const responses = await Promise.all(paths.map((path) => server.send('GET', `/v1/${path}`)))
  // Usage is flushed once a second, possibly between two reads.
  const withoutUsage = (name: string, value: unknown): unknown =>
    name === 'lastUsedAt' || name === 'lastUsedFrom' ? undefined : value
  return responses.map(({ body }) => JSON.parse(JSON.stringify(body, withoutUsage)))
}

describe('a read-only field', () => {
  it.each(cases)('is rejected by %s, and no resource changes', async (_operation, route) => {
    const request = await requests.create(route)
    const before = await readAll()
    for (const [name, value] of readOnlyFieldsOf(route)) {
      const response = await server.send(route.method, request.path, {
        body: { ...request.body, [name]: value },
        ...(route.access === 'public' ? { as: null } : {}),
        ...request.who,
      })
      expect([name, response.status, response.body.code]).toEqual([name, 400, 'invalid_request'])
    }
    expect(await readAll()).toEqual(before)
  })

  it.each(cases.filter(([, { access }]) => Array.isArray(access)))(
    'of %s is organizationId for callers of other organizations',
    async (_operation, route) => {
      const { path, body } = await requests.create(route)
      const before = await readAll()
      const response = await server.send(route.method, path, {
        as: other.manager,
        body: { ...body, organizationId: server.operatorId },
      })
      // The field is unknown, the organization is not visible, or only the operator may name it.
      expect([response.status, response.body.code]).toEqual([
        expect.toBeOneOf([400, 403, 404]),
        expect.toBeOneOf(['invalid_request', 'not_found', 'operator_only']),
      ])
      expect(await readAll()).toEqual(before)
    },
  )

  it.each(cases.filter(([, { method }]) => method === 'PATCH'))(
    'is rejected by %s in a merge patch (RFC 7396)',
    async (_operation, route) => {
      const { path, body } = await requests.create(route)
      const response = await server.send('PATCH', path, {
        body: { ...body, createdAt: null, createdBy: null, id: null },
        headers: { 'content-type': 'application/merge-patch+json' },
      })
      expect([response.status, response.body.errors.length]).toEqual([400, 1])
      expect((await server.send('PATCH', path, { body: [] })).status).toBe(400)
    },
  )
})

describe('a rejected creation', () => {
  it('creates no credential', async () => {
    const { body: before } = await server.send('GET', '/v1/credentials?include=counts')
    const apiId = requests.ids['apis']
    for (const body of [
      { name: '', permissions: 'all', apiId },
      { name: 'x', permissions: ['NOT_THERE'], apiId },
      { name: 'x', permissions: [], apiId },
      { name: 'x', permissions: 'all', apiId, expiresAt: '2099-01-01T00:00:00Z' },
      { name: 'x', permissions: 'all', apiId, expiresAt: '2020-01-01T00:00:00Z' },
      { name: 'x', permissions: 'all', apiId, kind: 'root' },
      { name: 'x', permissions: 'all', apiId, environment: 'staging' },
      { name: 'x', permissions: 'all', apiId: 'api_01jd0000000000000000000000' },
    ]) {
      const response = await server.send('POST', '/v1/credentials', { body })
      expect([400, 404]).toContain(response.status)
      expect(response.text).not.toMatch(/kp_live_|kpc_live_/)
    }
    const { body: after } = await server.send('GET', '/v1/credentials?include=counts')
    expect(after.counts).toEqual(before.counts)
  })
})
