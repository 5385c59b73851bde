import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrganization, requestToken } from '../../../../../test/support/credentials.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'
import { importOpenApi } from './import.ts'

let server: TestServer
let other: Awaited<ReturnType<typeof createOrganization>>

beforeAll(async () => {
  server = await startTestServer()
  other = await createOrganization(server, 'Other')
})
afterAll(() => server.close())

const needs = (permission: string) => ({ 'x-keyporter-permission': permission, responses: {} })
const documentOf = (paths: object, more: object = {}) => ({
  openapi: '3.1.0',
  info: { title: 'Fleet', version: '1' },
  paths,
  ...more,
})
const fleet = documentOf({
  '/ships': { get: needs('SHIP_READ'), post: needs('SHIP_WRITE') },
  '/ships/{id}': { delete: needs('SHIP_DELETE') },
  '/ping': { trace: { responses: {} } },
})
const importDocument = (body: object, request: object = {}) =>
  server.send('POST', '/v1/apis/import', { body, ...request })
const problem = ({ status, body }: Awaited<ReturnType<typeof importDocument>>) => [
  status,
  body.code,
  body.errors?.[0]?.pointer,
]

describe('does', () => {
  it('a preview shows the changes and writes nothing', async () => {
    const { status, body } = await importDocument({ openapi: fleet })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      apiId: null,
      applied: false,
      resources: [{ resource: 'SHIP', actions: ['read', 'write', 'delete'] }],
      permissions: ['SHIP_READ', 'SHIP_WRITE', 'SHIP_DELETE'],
      diff: {
        added: {
          permissions: ['SHIP_READ', 'SHIP_WRITE', 'SHIP_DELETE'],
          operations: expect.arrayContaining([{ method: 'GET', path: '/ships' }]),
        },
        removed: { permissions: [], operations: [] },
        changed: [],
      },
    })
    expect(body.operations).toContainEqual({
      method: 'DELETE',
      path: '/ships/{id}',
      permissions: ['SHIP_DELETE'],
    })
    expect((await server.send('GET', '/v1/apis?q=fleet')).body.data).toEqual([])
  })

  it('an applied import creates an API; importing again updates it', async () => {
    const identifier = 'https://fleet.example.com'
    const made = await importDocument({ openapi: fleet, identifier, apply: true })
    expect(made.body).toMatchObject({ applied: true, apiId: expect.stringMatching(/^api_/) })
    const { apiId } = made.body
    const api = (await server.send('GET', `/v1/apis/${apiId}`)).body
    expect(api).toMatchObject({ name: 'Fleet', slug: 'fleet', identifier, organizations: 'all' })
    expect(api.scopes).toEqual(made.body.permissions)
    expect(api.operations).toEqual(made.body.operations)

    const same = await importDocument({ openapi: fleet, identifier, apply: true })
    expect(same.body).toMatchObject({ apiId, applied: true, diff: { changed: [] } })
    expect((await server.send('GET', `/v1/apis/${apiId}`)).headers.get('etag')).toBe('"1"')

    const next = documentOf({
      '/ships': { get: needs('CARGO_READ') },
      '/cargo': { get: needs('CARGO_READ') },
    })
    const preview = await importDocument({ openapi: next, apiId })
    expect(preview.body).toMatchObject({
      apiId,
      applied: false,
      diff: {
        added: { permissions: ['CARGO_READ'], operations: [{ method: 'GET', path: '/cargo' }] },
        removed: { permissions: ['SHIP_READ', 'SHIP_WRITE', 'SHIP_DELETE'] },
        changed: [{ method: 'GET', path: '/ships', before: ['SHIP_READ'], after: ['CARGO_READ'] }],
      },
    })
    await importDocument({ openapi: next, apiId, apply: true, name: 'Cargo' })
    const changed = await server.send('GET', `/v1/apis/${apiId}`)
    expect(changed.headers.get('etag')).toBe('"2"')
    expect(changed.body).toMatchObject({ name: 'Cargo', slug: 'fleet', scopes: ['CARGO_READ'] })
    const { data } = (await server.send('GET', `/v1/audit-events?targetId=${apiId}`)).body
    expect(data.map(({ action }: { action: string }) => action)).toEqual([
      'api.updated',
      'api.created',
    ])
  })

  it('descriptions of resources are kept', async () => {
    const identifier = 'https://described.example.com'
    const { apiId } = (await importDocument({ openapi: fleet, identifier, apply: true })).body
    const permissions = [
      { resource: 'SHIP', actions: ['read', 'write', 'delete'], description: 'What floats' },
    ]
    await server.send('PATCH', `/v1/apis/${apiId}`, { body: { permissions } })
    await importDocument({ openapi: fleet, identifier, apply: true })
    const { body } = await server.send('GET', `/v1/apis/${apiId}`)
    expect(body.permissions[0].description).toBe('What floats')
  })

  it('a YAML document is imported with its server URL as identifier', async () => {
    const openapi = [
      'openapi: 3.0.3',
      'info: {title: Yaml, version: "1"}',
      'servers: [{url: "https://{region}.example.com"}, {url: "https://yaml.example.com/v2"}]',
      'paths:',
      '  /a:',
      '    get: {x-keyporter-permission: THING_READ, responses: {}}',
    ].join('\n')
    const { body } = await importDocument({ openapi, apply: true })
    const api = await server.send('GET', `/v1/apis/${body.apiId}`)
    expect(api.body).toMatchObject({ name: 'Yaml', identifier: 'https://yaml.example.com/v2' })
  })

  it('a document without server and title becomes an API with defaults', async () => {
    const openapi = JSON.stringify({ openapi: '3.1.0', paths: { '/a': { get: needs('A_READ') } } })
    const ctx = server.program.systemContext(server.operatorId)
    const { apiId } = await importOpenApi(ctx, openapi)
    const { body } = await server.send('GET', `/v1/apis/${apiId}`)
    expect(body).toMatchObject({
      name: 'Imported API',
      identifier: 'urn:keyporter:api:imported-api',
    })
  })

  it('of concurrent imports of a new API exactly one succeeds', async () => {
    const importFleet = () =>
      importDocument({ openapi: fleet, identifier: 'https://race.example.com', apply: true })
    const responses = await Promise.all([importFleet(), importFleet(), importFleet()])
    const made = responses.filter(({ status }) => status === 200)
    expect(responses.every(({ status }) => status === 200 || status === 409)).toBe(true)
    expect(new Set(made.map(({ body }) => body.apiId)).size).toBe(1)
  })
})

describe('rejects', () => {
  it('callers outside the operator’s organization', async () => {
    expect(
      problem(await importDocument({ openapi: fleet }, { as: other.manager })).slice(0, 2),
    ).toEqual([403, 'operator_only'])
    const as = await requestToken(server, server.manager, { scope: 'API_READ' })
    expect((await importDocument({ openapi: fleet }, { as })).status).toBe(403)
  })

  it.each([
    [
      'a document of another version',
      { openapi: { swagger: '2.0' } },
      'invalid_document',
      '/openapi/swagger',
    ],
    ['text that is neither JSON nor YAML', { openapi: '{' }, 'invalid_document', '/openapi'],
    ['no document', {}, 'invalid_document', '/openapi'],
    ['an unknown field', { openapi: fleet, url: 'https://x' }, 'invalid_request', ''],
    [
      'an invalid identifier',
      { openapi: fleet, identifier: 'x' },
      'invalid_request',
      '/identifier',
    ],
    [
      'a name of 65 characters',
      { openapi: fleet, name: 'n'.repeat(65) },
      'invalid_request',
      '/name',
    ],
  ])('%s', async (_, body, code, pointer) => {
    expect(problem(await importDocument(body))).toEqual([400, code, pointer])
  })

  it('a body that is not JSON', async () => {
    const response = await server.send('POST', '/v1/apis/import', { body: '{"openapi": {' })
    expect(response.status).toBe(400)
  })

  it('an unknown API, and the built-in API', async () => {
    expect(problem(await importDocument({ openapi: fleet, apiId: 'api_x' })).slice(0, 2)).toEqual([
      404,
      'not_found',
    ])
    const [{ id, identifier }] = (await server.send('GET', '/v1/apis?slug=keyporter')).body.data
    for (const target of [{ apiId: id }, { identifier }]) {
      expect(problem(await importDocument({ openapi: fleet, ...target })).slice(0, 2)).toEqual([
        409,
        'built_in_api',
      ])
    }
  })

  it('a different identifier for an existing API', async () => {
    const identifier = 'https://fixed.example.com'
    const { apiId } = (await importDocument({ openapi: fleet, identifier, apply: true })).body
    const response = await importDocument({
      openapi: fleet,
      apiId,
      identifier: 'https://new.example.com',
    })
    expect(problem(response)).toEqual([400, 'invalid_request', '/identifier'])
  })
})
