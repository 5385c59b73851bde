import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  createOrganization,
  type IssuedCredential,
  requestToken,
} from '../../../../../test/support/credentials.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'

let server: TestServer
let contactsId: string
let other: Awaited<ReturnType<typeof createOrganization>>
const made = new Map<string, IssuedCredential>()

const DAY_MS = 86_400_000
const inDays = (days: number) => new Date(server.clock.now() + days * DAY_MS).toISOString()

// One credential a minute, with different properties.
const wanted = {
  Alpha: { permissions: ['CONTACT_READ'] },
  'beta sync': { environment: 'test', notes: 'Ask Ödön 100%' },
  Gamma_1: { kind: 'full_access', permissions: undefined },
  'Ärger Δ': { permissions: ['EVENT_READ'] },
  Epsilon: {},
  Zeta: {},
}

beforeAll(async () => {
  server = await startTestServer()
  contactsId = (await createContactsApi(server)).id
  other = await createOrganization(server, 'Other')
  await createCredential(server, { name: 'Foreign', organizationId: other.id, apiId: contactsId })
  for (const [name, body] of Object.entries(wanted)) {
    server.clock.move(60_000)
    const expiresAt = name === 'Epsilon' ? inDays(1) : inDays(name.length * 10)
    made.set(name, await createCredential(server, { name, apiId: contactsId, expiresAt, ...body }))
  }
  await revoke('Zeta')
  await requestToken(server, issued('Gamma_1'))
  server.clock.move(60_000)
  await requestToken(server, issued('Alpha'))
  server.clock.move(2 * DAY_MS)
  await server.flushUsage()
})
afterAll(() => server.close())

const issued = (name: string): IssuedCredential => {
  const credential = made.get(name)
  if (credential === undefined) throw new Error(`no credential ${name}`)
  return credential
}
const revoke = (name: string) =>
  server.send('POST', `/v1/credentials/${issued(name).id}/revoke`, { body: {} })
const list = (query = '') =>
  server.send('GET', `/v1/credentials?apiId=${contactsId}${query === '' ? '' : `&${query}`}`)
const names = async (query = '') =>
  (await list(query)).body.data.map(({ name }: { name: string }) => name)

describe('does', () => {
  it('lists the newest first, including revoked and expired credentials', async () => {
    expect(await names()).toEqual(['Zeta', 'Epsilon', 'Ärger Δ', 'Gamma_1', 'beta sync', 'Alpha'])
    const { body } = await list()
    expect(body.nextCursor).toBeNull()
    expect(body.data[0]).toMatchObject({ status: 'revoked', activeSeconds: 0 })
    expect(body.data[1]).toMatchObject({ status: 'expired', activeSeconds: 86_400 })
    expect(body.data[5]).toMatchObject({ status: 'active', endedAt: null })
  })

  it.each([
    ['createdAt', ['Alpha', 'beta sync', 'Gamma_1', 'Ärger Δ', 'Epsilon', 'Zeta']],
    ['name', ['Alpha', 'beta sync', 'Epsilon', 'Gamma_1', 'Zeta', 'Ärger Δ']],
    ['-name', ['Ärger Δ', 'Zeta', 'Gamma_1', 'Epsilon', 'beta sync', 'Alpha']],
    ['expiresAt', ['Epsilon', 'Zeta', 'Alpha', 'Gamma_1', 'Ärger Δ', 'beta sync']],
    ['-expiresAt', ['beta sync', 'Ärger Δ', 'Gamma_1', 'Alpha', 'Zeta', 'Epsilon']],
    ['lastUsedAt', ['beta sync', 'Ärger Δ', 'Epsilon', 'Zeta', 'Gamma_1', 'Alpha']],
    ['-lastUsedAt', ['Alpha', 'Gamma_1', 'Zeta', 'Epsilon', 'Ärger Δ', 'beta sync']],
  ])('sorts by %s, also across pages', async (sort, expected) => {
    expect(await names(`sort=${sort}`)).toEqual(expected)
    expect(await walk(`sort=${sort}&limit=2`)).toEqual(expected)
    expect(await walk(`sort=${sort}&limit=1`)).toEqual(expected)
  })

  it.each([
    ['status=active', ['Ärger Δ', 'Gamma_1', 'beta sync', 'Alpha']],
    ['status=expired', ['Epsilon']],
    ['status=revoked', ['Zeta']],
    ['status=suspended', []],
    ['status=expired,revoked', ['Zeta', 'Epsilon']],
    ['status=suspended,active', ['Ärger Δ', 'Gamma_1', 'beta sync', 'Alpha']],
    [
      'status=active,suspended,expired,revoked',
      ['Zeta', 'Epsilon', 'Ärger Δ', 'Gamma_1', 'beta sync', 'Alpha'],
    ],
    ['environment=test', ['beta sync']],
    ['environment=production&status=active', ['Ärger Δ', 'Gamma_1', 'Alpha']],
    ['kind=full_access', ['Gamma_1']],
    ['permission=CONTACT_READ', ['Zeta', 'Epsilon', 'Gamma_1', 'beta sync', 'Alpha']],
    ['permission=EVENT_READ', ['Zeta', 'Epsilon', 'Ärger Δ', 'Gamma_1', 'beta sync']],
    ['permission=CONTACT_REA', []],
    ['permission=NOTHING_READ', []],
    ['q=ALPHA', ['Alpha']],
    ['q=ärger', ['Ärger Δ']],
    ['q=δ', ['Ärger Δ']],
    ['q=A%CC%88rger', ['Ärger Δ']],
    ['q=a_1', ['Gamma_1']],
    ['q=a%251', []],
    ['q=100%25', ['beta sync']],
    ['q=%25', ['beta sync']],
    ['q=_', ['Gamma_1']],
    ['q=%5C', []],
    ['q=ask', ['beta sync']],
    ['q=nothing', []],
    ["q=' or 1=1 --", []],
    ['q=', ['Zeta', 'Epsilon', 'Ärger Δ', 'Gamma_1', 'beta sync', 'Alpha']],
  ])('filters by %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected)
    expect(await walk(`${query}&limit=1`)).toEqual(expected)
    expect(await walk(`${query}&limit=1&sort=name`)).toEqual(
      expected.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
    )
  })
  const order = ['Alpha', 'beta sync', 'Epsilon', 'Gamma_1', 'Zeta', 'Ärger Δ']

  it('filters by an expiry range with an exclusive end', async () => {
    const [alpha, zeta] = [issued('Alpha').expiresAt, issued('Zeta').expiresAt]
    expect(await walk(`expiresFrom=${alpha}&limit=1`)).toEqual([
      'Ärger Δ',
      'Gamma_1',
      'beta sync',
      'Alpha',
    ])
    expect(await walk(`expiresBefore=${alpha}&limit=1`)).toEqual(['Zeta', 'Epsilon'])
    expect(await names(`expiresFrom=${zeta}&expiresBefore=${alpha}`)).toEqual(['Zeta'])
    expect(await names(`expiresFrom=${alpha}&expiresBefore=${alpha}`)).toEqual([])
    expect(await walk(`expiresFrom=${zeta}&sort=-expiresAt&limit=2`)).toEqual([
      'beta sync',
      'Ärger Δ',
      'Gamma_1',
      'Alpha',
      'Zeta',
    ])
    expect(await names('expiresBefore=2027-03-01T00:00:00%2B14:00')).toEqual([])
  })

  it('filters by creator', async () => {
    const { actor } = (await server.send('GET', '/v1/session')).body
    expect(await walk(`createdById=${actor.id}&limit=4`)).toHaveLength(6)
    expect(await names(`createdById=${issued('Alpha').id}`)).toEqual([])
    const { counts } = (await list(`createdById=${issued('Alpha').id}&include=counts`)).body
    expect(counts).toEqual({ active: 0, suspended: 0, expired: 0, revoked: 0 })
  })

  it('a cursor is valid for the same statuses in any order', async () => {
    const { nextCursor } = (await list('limit=1&status=active,revoked')).body
    expect(await names(`limit=1&status=revoked,active&cursor=${nextCursor}`)).toEqual(['Ärger Δ'])
  })

  it('search finds a client id by its full value and by a prefix', async () => {
    const { clientId } = issued('Epsilon')
    expect(await names(`q=${clientId}`)).toEqual(['Epsilon'])
    expect(await names(`q=${clientId.slice(0, 16)}`)).toEqual(['Epsilon'])
    expect(await names('q=kpc_test_')).toEqual(['beta sync'])
    expect(await names(`q=${clientId.slice(4)}`)).toEqual([])
  })

  it('an unknown API has no credentials', async () => {
    const { status, body } = await server.send('GET', '/v1/credentials?apiId=api_x')
    expect([status, body.data]).toEqual([200, []])
  })

  it('counts cover all statuses regardless of the status filter', async () => {
    const expected = { active: 4, suspended: 0, expired: 1, revoked: 1 }
    expect((await list('include=counts')).body.counts).toEqual(expected)
    expect((await list('include=counts&status=expired&limit=1')).body.counts).toEqual(expected)
    expect((await list('include=counts&environment=test')).body.counts).toEqual({
      active: 1,
      suspended: 0,
      expired: 0,
      revoked: 0,
    })
    expect((await list()).body).not.toHaveProperty('counts')
  })

  it('a limit above 100 is treated as 100', async () => {
    expect(await names('limit=101')).toHaveLength(6)
  })

  it('the last use of credential and secret has time and address', async () => {
    const [credential] = (await list('q=Alpha')).body.data
    expect(credential).toMatchObject({ lastUsedFrom: '127.0.0.1' })
    expect(credential.secrets[0].lastUsedAt).toBe(credential.lastUsedAt)
    const [unused] = (await list('q=ärger')).body.data
    expect(unused).toMatchObject({ lastUsedAt: null, lastUsedFrom: null })
  })

  it('another organization’s credentials are not listed', async () => {
    const { body } = await server.send('GET', `/v1/credentials?apiId=${contactsId}`, {
      as: other.manager,
    })
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(['Foreign'])
    const acting = await list(`organizationId=${other.id}`)
    expect(acting.body.data.map(({ name }: { name: string }) => name)).toEqual(['Foreign'])
  })
})

describe('rejects', () => {
  it.each([
    'limit=0',
    'limit=-1',
    'limit=x',
    'sort=clientId',
    'status=gone',
    'status=',
    'status=active,',
    'status=active,gone',
    'status=active,%20revoked',
    'status=active,revoked,active',
    'status=active&status=revoked',
    'include=secrets',
    'expiresFrom=tomorrow',
    'expiresBefore=2027-06-30',
  ])('%s', async (query) => {
    const response = await list(query)
    expect([response.status, response.body.code]).toEqual([400, 'invalid_request'])
  })

  it('a cursor of a different sort order, filter or organization, and a modified cursor', async () => {
    const { nextCursor } = (await list('limit=1&sort=name')).body
    expect((await list(`limit=5&sort=name&cursor=${nextCursor}`)).status).toBe(200)
    const rejected = [
      await list(`cursor=${nextCursor}`),
      await list(`sort=name&status=active&cursor=${nextCursor}`),
      await list(`sort=name&createdById=x&cursor=${nextCursor}`),
      await list(`sort=name&expiresFrom=2027-06-30T00:00:00Z&cursor=${nextCursor}`),
      await list(`sort=name&expiresBefore=2029-06-30T00:00:00Z&cursor=${nextCursor}`),
      await list(`sort=name&organizationId=${other.id}&cursor=${nextCursor}`),
      await list(`sort=name&cursor=${nextCursor.slice(1)}`),
      await list('sort=name&cursor=x'),
    ]
    for (const { status, body } of rejected) {
      expect([status, body.code]).toEqual([400, 'invalid_cursor'])
    }
  })

  it('a cursor without the permission to read credentials', async () => {
    const as = await requestToken(server, server.manager, { scope: 'CREDENTIAL_WRITE' })
    expect((await server.send('GET', '/v1/credentials', { as })).status).toBe(403)
  })
})

async function walk(query: string): Promise<string[]> {
  const found: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body } = await list(`${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    found.push(...body.data.map(({ name }: { name: string }) => name))
    cursor = body.nextCursor
  }
  return found
}
