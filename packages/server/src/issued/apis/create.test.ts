import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  contactsApi,
  createOrganization,
  requestToken,
} from '../../../../../test/support/credentials.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'

let server: TestServer
let other: Awaited<ReturnType<typeof createOrganization>>
let number = 0

beforeAll(async () => {
  server = await startTestServer()
  other = await createOrganization(server, 'Other')
})
afterAll(() => server.close())

const row = { resource: 'CONTACT', actions: ['read', 'write'] }
const create = (body: object = {}, options: object = {}) => {
  number += 1
  const identifier = `https://api-${number}.example.com`
  return server.send('POST', '/v1/apis', {
    body: { name: `Api ${number}`, identifier, permissions: [row], ...body },
    ...options,
  })
}
const problem = ({ status, body }: Awaited<ReturnType<typeof create>>) => [
  status,
  body.code,
  ...(body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer),
]

describe('does', () => {
  it('a new API has its permission table, its operations and the defaults', async () => {
    const response = await create({ ...contactsApi, name: 'Zeus Insights' })
    expect(response.status).toBe(201)
    expect(response.headers.get('etag')).toBe('"1"')
    expect(response.body).toEqual({
      id: expect.stringMatching(/^api_[0-9a-z]{26}$/),
      slug: 'zeus-insights',
      name: 'Zeus Insights',
      identifier: 'https://api.example.com',
      builtIn: false,
      permissions: [
        {
          resource: 'CONTACT',
          actions: ['read', 'write', 'delete'],
          description: '',
          scopes: { read: 'CONTACT_READ', write: 'CONTACT_WRITE', delete: 'CONTACT_DELETE' },
        },
        {
          resource: 'EVENT',
          actions: ['read'],
          description: '',
          scopes: { read: 'EVENT_READ' },
        },
      ],
      scopes: ['CONTACT_READ', 'CONTACT_WRITE', 'CONTACT_DELETE', 'EVENT_READ'],
      grantable: ['CONTACT_READ', 'CONTACT_WRITE', 'CONTACT_DELETE', 'EVENT_READ'],
      operations: contactsApi.operations,
      tokenTtlSeconds: 3600,
      signingAlgorithm: 'ES256',
      organizations: 'all',
      createdAt: '2027-03-01T12:00:00.000Z',
      updatedAt: '2027-03-01T12:00:00.000Z',
    })
    const got = await server.send('GET', `/v1/apis/${response.body.id}`)
    expect(got.body).toEqual(response.body)
    expect(got.headers.get('etag')).toBe('"1"')
  })

  it('a slug derived from the name is made unique; a given slug is used unchanged', async () => {
    const names = [await create({ name: 'Same' }), await create({ name: 'SAME!' })]
    expect(names.map(({ body }) => body.slug)).toEqual(['same', 'same-2'])
    expect((await create({ name: 'Same', slug: 'other-slug' })).body.slug).toBe('other-slug')
  })

  it('an action can have a custom scope', async () => {
    const { body } = await create({
      permissions: [{ ...row, description: 'People', scopes: { write: 'PEOPLE_EDIT' } }],
      operations: [{ method: 'POST', path: '/people', permissions: ['PEOPLE_EDIT'] }],
    })
    expect(body.scopes).toEqual(['CONTACT_READ', 'PEOPLE_EDIT'])
    expect(body.permissions[0].description).toBe('People')
  })

  it('an API belongs to the operator even when the caller acts for another organization', async () => {
    const { body } = await create({ organizations: [other.id], organizationId: other.id })
    expect((await server.send('GET', `/v1/apis/${body.id}`)).status).toBe(200)
  })
})

describe('rejects', () => {
  it('callers outside the operator’s organization', async () => {
    expect(problem(await create({}, { as: other.manager }))).toEqual([403, 'operator_only'])
  })

  it('callers without API_WRITE', async () => {
    const as = await requestToken(server, server.manager, { scope: 'API_READ' })
    expect(problem(await create({}, { as }))).toEqual([403, 'insufficient_permissions'])
  })

  it('an identifier or slug of another API', async () => {
    await create({ identifier: 'https://taken.example.com', slug: 'taken' })
    expect(problem(await create({ identifier: 'https://taken.example.com' }))).toEqual([
      409,
      'already_exists',
      '/identifier',
    ])
    expect(problem(await create({ slug: 'taken' }))).toEqual([409, 'already_exists', '/slug'])
    expect(problem(await create({ slug: 'keyporter' }))).toEqual([409, 'already_exists', '/slug'])
    expect(problem(await create({ identifier: `${server.url}/v1` }))).toEqual([
      409,
      'already_exists',
      '/identifier',
    ])
  })

  it.each([
    [
      'two cells with one scope',
      { permissions: [{ ...row, scopes: { write: 'CONTACT_READ' } }] },
      '/permissions/0/scopes/write',
    ],
    ['two rows of one resource', { permissions: [row, row] }, '/permissions/1/resource'],
    [
      'a scope without its action',
      { permissions: [{ ...row, scopes: { delete: 'X_Y' } }] },
      '/permissions/0/scopes/delete',
    ],
    [
      'an operation that requires a scope outside the table',
      { operations: [{ method: 'GET', path: '/a', permissions: ['CONTACT_READ', 'EVENT_READ'] }] },
      '/operations/0/permissions/1',
    ],
    ['an unknown organization', { organizations: ['org_x'] }, '/organizations/0'],
    ['an empty table', { permissions: [] }, '/permissions'],
    [
      'a resource in lower case',
      { permissions: [{ ...row, resource: 'contact' }] },
      '/permissions/0/resource',
    ],
    ['an identifier that is not an absolute URI', { identifier: '/api' }, '/identifier'],
    ['an identifier with a fragment', { identifier: 'https://a.example/#x' }, '/identifier'],
    ['a token lifetime of more than an hour', { tokenTtlSeconds: 3601 }, '/tokenTtlSeconds'],
    ['an unknown algorithm', { signingAlgorithm: 'HS256' }, '/signingAlgorithm'],
  ])('%s', async (_, body, pointer) => {
    const [status, code, first] = problem(await create(body))
    expect([status, code, first]).toEqual([400, 'invalid_request', pointer])
  })
})

describe('records', () => {
  it('one event of the operator with at most fifty added names', async () => {
    const permissions = Array.from({ length: 40 }, (_, at) => ({ ...row, resource: `R${at}` }))
    const { body } = await create({ permissions })
    const { data } = (await server.send('GET', `/v1/audit-events?targetId=${body.id}`)).body
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({
      action: 'api.created',
      actor: { type: 'credential' },
      target: { type: 'api', id: body.id, name: body.name },
      organizationId: server.operatorId,
      changes: {
        identifier: { from: null, to: body.identifier },
        tokenTtlSeconds: { from: null, to: 3600 },
        scopes: { from: null, to: { count: 80 } },
      },
    })
    expect(data[0].changes.scopes.to.added).toHaveLength(51)
    expect(data[0].changes.scopes.to.added[50]).toBe('… and 30 more')
  })
})
