import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrganization } from '../../../../../test/support/credentials.ts'
import { createIntegration, putConnection } from '../../../../../test/support/integrations.ts'
import {
  startTestServer,
  type TestResponse,
  type TestServer,
} from '../../../../../test/support/server.ts'

let server: TestServer
let other: Awaited<ReturnType<typeof createOrganization>>

beforeAll(async () => {
  server = await startTestServer()
  other = await createOrganization(server, 'Other')
})
afterAll(() => server.close())

const body = { name: 'Weather', baseUrl: 'https://api.example.com', contentType: 'json' }
const create = (changes: object = {}) =>
  server.send('POST', '/v1/integrations', { body: { ...body, ...changes } })
const get = ({ id }: { id: string }) => server.send('GET', `/v1/integrations/${id}`)
const update = ({ id }: { id: string }, changes: object, options: object = {}) =>
  server.send('PATCH', `/v1/integrations/${id}`, { body: changes, ...options })
const connectionsOf = async ({ id }: { id: string }) =>
  (await server.send('GET', `/v1/integrations/${id}/connections`)).body.data
const names = async (query: string): Promise<string[]> => {
  const { body: list } = await server.send('GET', `/v1/integrations?${query}`)
  return list.data.map(({ name }: { name: string }) => name)
}
const problem = ({ status, body: { code, errors } }: TestResponse) => [
  status,
  code,
  ...(errors ?? []).map(({ pointer }: { pointer: string }) => pointer),
]

describe('does', () => {
  it('a created integration has a normalized base URL, and no secret in its response', async () => {
    const made = await create({
      notes: 'Of the weather service',
      baseUrl: 'https://API.example.com:443/v2/',
      environment: 'test',
      organizationSpecific: true,
      contentType: 'text/plain; charset=utf-8',
      headers: [
        { name: 'X-Source', value: 'keyporter' },
        { name: 'X-Key', value: 'a-secret', secret: true },
      ],
      auth: { kind: 'api_key', name: 'X-Api-Key', in: 'header', username: 'of another kind' },
    })
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"'])
    expect(made.body).toMatchObject({
      organizationId: server.operatorId,
      baseUrl: 'https://api.example.com/v2',
      environment: 'test',
      organizationSpecific: true,
      sharedFallback: false,
      headers: [
        { name: 'X-Source', value: 'keyporter', secret: false },
        { name: 'X-Key', value: null, secret: true },
      ],
      auth: { kind: 'api_key', name: 'X-Api-Key', in: 'header' },
      organizationCount: 0,
      connectionStatus: null,
      lastUsedAt: null,
    })
    expect(made.body.auth).not.toHaveProperty('username')
    expect((await get(made.body)).body).toEqual(made.body)
  })

  it('the defaults are production, shared credentials and no authentication', async () => {
    expect((await create()).body).toMatchObject({
      notes: '',
      environment: 'production',
      organizationSpecific: false,
      auth: { kind: 'none' },
      headers: [],
    })
  })

  it('an update changes only the given fields; null keeps a secret header and clears notes', async () => {
    const headers = [{ name: 'X-Key', value: 'a-secret', secret: true }]
    const made = (await create({ headers, notes: 'old' })).body
    const changed = await update(made, {
      name: 'New',
      notes: null,
      headers: [
        { name: 'X-Key', value: null, secret: true },
        { name: 'X-More', value: 'a' },
      ],
    })
    expect(changed.body).toMatchObject({ name: 'New', notes: '', version: 2 })
    expect(changed.body.headers).toHaveLength(2)
    // Without a change, the version stays.
    expect((await update(made, { headers: changed.body.headers })).body.version).toBe(2)
  })

  it('only a new address or authentication type deletes the secrets of the connections', async () => {
    const made = await createIntegration(server, { organizationSpecific: true })
    await putConnection(server, made, { owner: other.id })
    await update(made, { name: 'Renamed', auth: { kind: 'bearer', prefix: 'Token' } })
    expect(await connectionsOf(made)).toMatchObject([{ status: 'untested', secrets: ['token'] }])
    await update(made, { baseUrl: 'https://api.example.org/v2' })
    const [lost] = await connectionsOf(made)
    expect(lost).toMatchObject({
      status: 'needs_attention',
      statusReason: 'credentials_missing',
      secrets: [],
    })
    expect((await get(made)).body.connectionStatus).toBe('needs_attention')
    await putConnection(server, made, { owner: other.id })
    expect((await update(made, { auth: { kind: 'basic', username: 'u' } })).status).toBe(200)
    expect(await connectionsOf(made)).toMatchObject([
      { kind: 'basic', auth: { kind: 'basic' }, statusReason: 'credentials_missing' },
    ])
  })

  it('a new token endpoint deletes only the secrets stored for the previous one', async () => {
    const auth = {
      kind: 'oauth2_client_credentials',
      clientId: 'c',
      tokenUrl: 'https://id.example.com/token',
    }
    const made = await createIntegration(server, { organizationSpecific: true, auth })
    const { kind } = auth
    const own = { kind, clientSecret: 's', tokenUrl: 'https://own.example.com/token' }
    await putConnection(server, made, { owner: other.id, auth: own })
    await putConnection(server, made, { auth: { kind, clientSecret: 's' } })
    await update(made, { auth: { ...auth, tokenUrl: 'https://id.example.org/token' } })
    expect(await connectionsOf(made)).toMatchObject([
      { organizationId: null, statusReason: 'credentials_missing' },
      { organizationId: other.id, statusReason: null, secrets: ['clientSecret'] },
    ])
  })

  it('the list contains the number of organizations with a connection and the worst status', async () => {
    const made = await createIntegration(server, { organizationSpecific: true })
    await putConnection(server, made)
    await putConnection(server, made, { owner: other.id })
    await putConnection(server, made, { owner: server.operatorId })
    expect((await get(made)).body).toMatchObject({
      organizationCount: 2,
      connectionStatus: 'untested',
    })
  })

  it('deleting an integration deletes its connections', async () => {
    const made = await createIntegration(server)
    await putConnection(server, made)
    expect((await server.send('DELETE', `/v1/integrations/${made.id}`)).status).toBe(204)
    expect((await get(made)).status).toBe(404)
    expect((await server.send('DELETE', `/v1/integrations/${made.id}`)).status).toBe(404)
  })
})

describe('the list', () => {
  beforeAll(async () => {
    for (const [name, changes] of Object.entries({
      'List b': { environment: 'test', notes: 'with Ä in it' },
      'list a': { auth: { kind: 'bearer' } },
      'LIST c': { baseUrl: 'https://listed.example.net' },
    })) {
      await create({ name, ...changes })
      server.clock.move(1_000)
    }
  })

  it('is sorted by case-insensitive name or by time, newest first by default', async () => {
    expect(await names('q=list')).toEqual(['LIST c', 'list a', 'List b'])
    expect(await names('q=list&sort=name')).toEqual(['list a', 'List b', 'LIST c'])
    expect(await names('q=list&sort=-name')).toEqual(['LIST c', 'List b', 'list a'])
    expect(await names('q=list&sort=createdAt')).toEqual(['List b', 'list a', 'LIST c'])
    expect(await names('q=list&sort=-updatedAt')).toEqual(['LIST c', 'list a', 'List b'])
  })

  it('searches names, notes and base URLs, and filters by authentication type, environment and status', async () => {
    expect(await names('q=listed.EXAMPLE')).toEqual(['LIST c'])
    expect(await names('q=%C3%84')).toEqual(['List b'])
    expect(await names('q=list&environment=test')).toEqual(['List b'])
    expect(await names('q=list&kind=bearer')).toEqual(['list a'])
    expect(await names('q=list&connectionStatus=missing')).toEqual(['list a'])
    expect(await names('q=list&connectionStatus=untested')).toEqual([])
  })

  it.each(['name', '-name', 'createdAt', '-updatedAt'])(
    'sorted by %s is paged, and contains each integration once',
    async (sort) => {
      const seen: string[] = []
      let cursor = ''
      do {
        const { body: page } = await server.send(
          'GET',
          `/v1/integrations?limit=1&q=list&sort=${sort}${cursor}`,
        )
        seen.push(...page.data.map(({ name }: { name: string }) => name))
        cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`
      } while (cursor !== '')
      expect(seen).toEqual(await names(`q=list&sort=${sort}`))
    },
  )
})

describe('rejects', () => {
  it.each([
    ['http://api.example.com', '/baseUrl'],
    ['https://127.0.0.1', '/baseUrl'],
    ['https://169.254.169.254/latest', '/baseUrl'],
    ['https://2130706433', '/baseUrl'],
    ['https://[::ffff:10.0.0.1]', '/baseUrl'],
  ])('%s gets address_not_allowed', async (baseUrl, pointer) => {
    expect(problem(await create({ baseUrl }))).toEqual([400, 'address_not_allowed', pointer])
    const made = await createIntegration(server)
    expect(problem(await update(made, { baseUrl }))).toEqual([400, 'address_not_allowed', pointer])
  })

  it('an address in the settings that is not allowed gets address_not_allowed', async () => {
    const auth = { kind: 'oauth2_client_credentials', tokenUrl: 'https://10.0.0.1/token' }
    expect(problem(await create({ auth }))).toEqual([400, 'address_not_allowed', '/auth/tokenUrl'])
  })

  it.each([
    'https://user:password@api.example.com',
    'https://api.example.com/#a',
    'https://api.example.com?a=b',
    'ftp://api.example.com',
    'api.example.com',
  ])('%s is not accepted as a base URL', async (baseUrl) => {
    expect(problem(await create({ baseUrl }))).toEqual([400, 'invalid_request', '/baseUrl'])
  })

  it('a secret in the settings gets invalid_request', async () => {
    const auth = { kind: 'basic', username: 'u', password: 'canary' }
    const response = await create({ auth })
    expect(problem(response)).toEqual([400, 'invalid_request', '/auth/password'])
    expect(response.text).not.toContain('canary')
  })

  it('a reserved or duplicate header gets invalid_request', async () => {
    const auth = { kind: 'basic' }
    const headers = ['Host', 'Authorization', 'X-A', 'x-a'].map((name) => ({ name, value: 'a' }))
    expect(problem(await create({ auth, headers }))).toEqual([
      400,
      'invalid_request',
      '/headers/0/name',
      '/headers/1/name',
      '/headers/3/name',
    ])
  })

  it('a line break in a header gets invalid_request', async () => {
    for (const value of ['a\r\nX-B: c', 'a\n', '\u010d\u010a', 'a\0']) {
      expect((await create({ headers: [{ name: 'X-A', value }] })).status).toBe(400)
    }
    expect((await create({ headers: [{ name: 'X-A:', value: 'a' }] })).status).toBe(400)
  })

  it('the environment of an integration cannot be changed', async () => {
    const made = await createIntegration(server)
    expect(problem(await update(made, { environment: 'test' }))).toEqual([
      400,
      'invalid_request',
      '',
    ])
  })

  it('a new address requires the secret headers in the same request', async () => {
    const headers = [{ name: 'X-Key', value: 'a-secret', secret: true }]
    const made = (await create({ headers })).body
    const baseUrl = 'https://evil.example'
    expect(problem(await update(made, { baseUrl }))).toEqual([400, 'invalid_request', '/headers'])
    const kept = [{ name: 'X-Key', value: null, secret: true }]
    expect(problem(await update(made, { baseUrl, headers: kept }))).toEqual([
      400,
      'invalid_request',
      '/headers/0/value',
    ])
    expect((await get(made)).body).toEqual(made)
    expect((await update(made, { baseUrl, headers })).status).toBe(200)
  })

  it('a change of an outdated version gets precondition_failed', async () => {
    const made = await createIntegration(server)
    const send = { headers: { 'if-match': '"1"' } }
    expect((await update(made, { name: 'First' }, send)).status).toBe(200)
    expect(problem(await update(made, { name: 'Second' }, send))).toEqual([
      412,
      'precondition_failed',
    ])
    expect((await server.send('DELETE', `/v1/integrations/${made.id}`, send)).status).toBe(412)
  })

  it('an organization without the feature stored gets not_found', async () => {
    const made = await createIntegration(server, {}, other.manager)
    const features = (stored: boolean) =>
      server.send('PATCH', `/v1/organizations/${other.id}`, { body: { features: { stored } } })
    await features(false)
    for (const path of ['', `/${made.id}`, `/${made.id}/connections`]) {
      const response = await server.send('GET', `/v1/integrations${path}`, { as: other.manager })
      expect(problem(response)).toEqual([404, 'not_found'])
    }
    await features(true)
    const response = await server.send('GET', `/v1/integrations/${made.id}`, { as: other.manager })
    expect(response.status).toBe(200)
  })
})
