import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrganization } from '../../../../../test/support/credentials.ts'
import { createIntegration, putConnection } from '../../../../../test/support/integrations.ts'
import {
  type Pair,
  startTestServer,
  type TestResponse,
  type TestServer,
} from '../../../../../test/support/server.ts'
import { readTables } from '../../../../../test/support/tables.ts'

let server: TestServer
let a: Awaited<ReturnType<typeof createOrganization>>
let b: Awaited<ReturnType<typeof createOrganization>>

beforeAll(async () => {
  server = await startTestServer()
  a = await createOrganization(server, 'A')
  b = await createOrganization(server, 'B')
})
afterAll(() => server.close())

type Ask = { readonly as?: Pair; readonly headers?: Record<string, string> }

const pathOf = ({ id }: { id: string }, owner: string) =>
  `/v1/integrations/${id}/connections/${owner}`
const put = (integration: { id: string }, owner: string, body: object, options: Ask = {}) =>
  server.send('PUT', pathOf(integration, owner), { body, ...options })
const list = async ({ id }: { id: string }, query = ''): Promise<TestResponse['body']> =>
  (await server.send('GET', `/v1/integrations/${id}/connections${query}`)).body
const problem = ({ status, body: { code, errors } }: TestResponse) => [
  status,
  code,
  ...(errors ?? []).map(({ pointer }: { pointer: string }) => pointer),
]
const bearer = { auth: { kind: 'bearer', token: 'a-token' } }
const specific = () => createIntegration(server, { organizationSpecific: true })

describe('does', () => {
  it('creating a connection returns 201, replacing it 200, and no response contains a secret', async () => {
    const integration = await createIntegration(server)
    const headers = [
      { name: 'X-Key', value: 'canary-header', secret: true },
      { name: 'X-Plain', value: 'plain' },
    ]
    const expiresAt = '2028-01-01T00:00:00.000Z'
    const auth = {
      kind: 'bearer',
      token: 'canary-token',
      prefix: 'Token',
      password: 'canary-of-another-kind',
    }
    const made = await put(integration, 'shared', { auth, headers, expiresAt })
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"'])
    expect(made.body).toMatchObject({
      id: expect.stringMatching(/^conn_/),
      integrationId: integration.id,
      organizationId: null,
      organizationName: null,
      kind: 'bearer',
      auth: { kind: 'bearer', prefix: 'Token' },
      secrets: ['token'],
      headers: [
        { name: 'X-Key', value: null, secret: true },
        { name: 'X-Plain', value: 'plain', secret: false },
      ],
      status: 'untested',
      statusReason: null,
      expiresAt,
    })
    const again = await put(integration, 'shared', bearer)
    expect([again.status, again.body.id, again.body.version]).toEqual([200, made.body.id, 2])
    for (const { text } of [made, again]) expect(text).not.toContain('canary')
    expect(JSON.stringify(await list(integration))).not.toContain('canary')
  })

  it('each organization has its own connection, which can be added and removed', async () => {
    const integration = await specific()
    for (const { id } of [b, a]) await put(integration, id, bearer)
    await put(integration, 'shared', bearer)
    const owners = async () =>
      (await list(integration)).data.map((one: TestResponse['body']) => one.organizationName)
    const [first, ...own] = await owners()
    // Both were created in the same millisecond.
    expect([first, own.sort()]).toEqual([null, ['A', 'B']])
    expect((await server.send('DELETE', pathOf(integration, a.id))).status).toBe(204)
    expect(await owners()).toEqual([null, 'B'])
    expect((await server.send('DELETE', pathOf(integration, a.id))).status).toBe(404)
  })

  it('the list is paged, starts with the shared connection, and contains each connection once', async () => {
    const integration = await specific()
    for (const owner of [b.id, 'shared', a.id, server.operatorId])
      await put(integration, owner, bearer)
    const seen: unknown[] = []
    let cursor = ''
    do {
      const page = await list(integration, `?limit=1${cursor}`)
      seen.push(...page.data.map((one: TestResponse['body']) => one.organizationId))
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`
    } while (cursor !== '')
    expect(seen).toEqual([null, ...[server.operatorId, a.id, b.id].sort()])
  })

  it('null keeps a stored secret, and equal credentials keep the status', async () => {
    const integration = await createIntegration(server)
    const headers = [{ name: 'X-Key', value: 'a-secret', secret: true }]
    await put(integration, 'shared', { ...bearer, headers })
    const kept = {
      auth: { kind: 'bearer', token: null },
      headers: [{ ...headers[0], value: null }],
    }
    const again = await put(integration, 'shared', kept)
    expect([again.status, again.body.secrets]).toEqual([200, ['token']])
  })

  it('an authentication type that requires consent sets consent_required', async () => {
    const integration = await createIntegration(server, {
      auth: {
        kind: 'oauth2_authorization_code',
        authorizationUrl: 'https://id.example.com/authorize',
        tokenUrl: 'https://id.example.com/token',
      },
    })
    const auth = { kind: 'oauth2_authorization_code', clientId: 'c', clientSecret: 's' }
    const made = await put(integration, 'shared', { auth })
    expect(made.body).toMatchObject({ status: 'needs_attention', statusReason: 'consent_required' })
  })
})

describe('rejects', () => {
  it('another authentication type, missing fields and too long fields get a pointer each', async () => {
    const basic = await createIntegration(server, { auth: { kind: 'basic' } })
    expect(problem(await put(basic, 'shared', bearer))).toEqual([
      400,
      'invalid_request',
      '/auth/kind',
    ])
    const auth = { kind: 'basic' }
    expect(problem(await put(basic, 'shared', { auth }))).toEqual([
      400,
      'invalid_request',
      '/auth/username',
      '/auth/password',
    ])
    const withLengths = (username: number, password: number) =>
      put(basic, 'shared', {
        auth: { ...auth, username: 'u'.repeat(username), password: 'p'.repeat(password) },
      })
    expect((await withLengths(256, 512)).status).toBe(201)
    expect(problem(await withLengths(257, 513))).toEqual([
      400,
      'invalid_request',
      '/auth/username',
      '/auth/password',
    ])
  })

  it('a token with its prefix is rejected with the prefix to omit', async () => {
    const integration = await createIntegration(server)
    const auth = { kind: 'bearer', token: 'Bearer canary' }
    const response = await put(integration, 'shared', { auth })
    expect(problem(response)).toEqual([400, 'invalid_request', '/auth/token'])
    expect(response.body.detail).toContain('without the prefix Bearer')
    expect(response.text).not.toContain('canary')
  })

  it('an integration that is not organization-specific accepts only the shared connection', async () => {
    const integration = await createIntegration(server)
    const response = await put(integration, a.id, bearer)
    expect([response.status, response.body.errors[0].code]).toEqual([
      400,
      'not_organization_specific',
    ])
  })

  it('an unknown organization and another organization get not_found', async () => {
    const never = 'org_01jd0000000000000000000000'
    expect(problem(await put(await specific(), never, bearer))).toEqual([404, 'not_found'])
    const own = await createIntegration(server, { organizationSpecific: true }, a.manager)
    const asA = { as: a.manager }
    for (const owner of [b.id, server.operatorId, never])
      expect(problem(await put(own, owner, bearer, asA))).toEqual([404, 'not_found'])
    for (const owner of [a.id, 'shared'])
      expect((await put(own, owner, bearer, asA)).status).toBe(201)
  })

  it('a change of an outdated version gets precondition_failed', async () => {
    const integration = await createIntegration(server)
    await putConnection(server, integration)
    const seen = { headers: { 'if-match': '"1"' } }
    expect((await put(integration, 'shared', bearer, seen)).status).toBe(200)
    expect((await put(integration, 'shared', bearer, seen)).status).toBe(412)
    const path = pathOf(integration, 'shared')
    expect((await server.send('DELETE', path, seen)).status).toBe(412)
  })

  it('of concurrent writes, one succeeds and the others get precondition_failed', async () => {
    const integration = await createIntegration(server)
    const responses = await Promise.all(
      Array.from({ length: 6 }, () => put(integration, 'shared', bearer)),
    )
    const statuses = responses.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    for (const status of statuses) expect([200, 201, 412]).toContain(status)
    expect((await list(integration)).data).toHaveLength(1)
  })
})

describe('records', () => {
  it('no table, audit event or log line contains a secret', async () => {
    const integration = await createIntegration(server, {
      headers: [{ name: 'X-Key', value: 'canary-one', secret: true }],
    })
    const headers = [{ name: 'X-More', value: 'canary-two', secret: true }]
    const give = (token: string) =>
      put(integration, 'shared', { auth: { kind: 'bearer', token }, headers })
    await give('canary-three')
    await give('canary-four')
    await give('Bearer canary-five')
    await server.send('PATCH', `/v1/integrations/${integration.id}`, {
      body: {
        baseUrl: 'https://api.example.org',
        headers: [{ name: 'X-Key', value: 'canary-six', secret: true }],
      },
    })
    await server.send('DELETE', `/v1/integrations/${integration.id}`)
    const audit = await server.send('GET', '/v1/audit-events?limit=100')
    expect(audit.text).toContain('X-More: secret')
    const places = [JSON.stringify(await readTables(server)), audit.text, ...server.logLines]
    for (const text of places) {
      expect(text).not.toContain('canary')
      expect(text).not.toContain(Buffer.from('canary').toString('base64').slice(0, 8))
    }
  })
})
