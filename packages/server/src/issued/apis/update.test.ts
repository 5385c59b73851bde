import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  contactsApi,
  createContactsApi,
  createCredential,
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

const make = (body: object = {}) => {
  number += 1
  const identifier = `https://api-${number}.example.com`
  return createContactsApi(server, { name: `Api ${number}`, identifier, ...body })
}
const update = ({ id }: { id: string }, body: object, options: object = {}) =>
  server.send('PATCH', `/v1/apis/${id}`, { body, ...options })
const problem = ({ status, body }: Awaited<ReturnType<typeof update>>) => [
  status,
  body.code,
  ...(body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer),
]
const [contact, event] = contactsApi.permissions

describe('does', () => {
  it('only the given fields change', async () => {
    const api = await make()
    server.clock.move(1_000)
    const { status, headers, body } = await update(api, {
      name: 'New name',
      tokenTtlSeconds: 300,
      signingAlgorithm: 'EdDSA',
      organizations: [other.id, other.id],
    })
    expect([status, headers.get('etag')]).toEqual([200, '"2"'])
    expect(body).toEqual({
      ...api,
      name: 'New name',
      tokenTtlSeconds: 300,
      signingAlgorithm: 'EdDSA',
      organizations: [other.id],
      updatedAt: new Date(server.clock.now()).toISOString(),
    })
    expect((await update(api, { organizations: 'all' })).body.organizations).toBe('all')
  })

  it('removing a permission from the table removes it from credentials immediately, and adding it restores it', async () => {
    const api = await make({ operations: [] })
    const credential = await createCredential(server, { apiId: api.id })
    const token = await requestToken(server, credential)
    const isAllowed = async () => {
      const body = { token, permissions: ['EVENT_READ'], apiId: api.id }
      return (await server.send('POST', '/v1/verify', { body })).body.valid
    }
    expect(await isAllowed()).toBe(true)
    expect((await update(api, { permissions: [contact] })).status).toBe(200)
    expect(await isAllowed()).toBe(false)
    const { body } = await server.send('GET', `/v1/credentials/${credential.id}`)
    expect(body.permissions).toEqual(['CONTACT_READ', 'CONTACT_WRITE', 'CONTACT_DELETE'])
    await update(api, { permissions: [event, contact] })
    const again = await server.send('GET', `/v1/credentials/${credential.id}`)
    expect(again.body.permissions[0]).toBe('EVENT_READ')
    expect(await isAllowed()).toBe(true)
  })

  it('changed operations take effect immediately', async () => {
    const api = await make()
    const credential = await createCredential(server, { apiId: api.id })
    const token = await requestToken(server, credential)
    const send = async () => {
      const body = { token, method: 'GET', path: '/v2/new', apiId: api.id }
      return (await server.send('POST', '/v1/verify', { body })).body.code
    }
    expect(await send()).toBe('unmapped_operation')
    const operation = { method: 'GET', path: '/v2/new', permissions: ['EVENT_READ'] }
    expect((await update(api, { operations: [operation] })).body.operations).toEqual([operation])
    expect(await send()).toBe('valid')
  })

  it('an update without changes keeps the version', async () => {
    const api = await make()
    const { headers } = await update(api, { permissions: contactsApi.permissions })
    expect(headers.get('etag')).toBe('"1"')
  })

  it('concurrent updates are applied completely or rejected', async () => {
    const api = await make()
    const responses = await Promise.all(
      Array.from({ length: 8 }, (_, at) => update(api, { name: `Race ${at}` })),
    )
    const won = responses.filter(({ status }) => status === 200).length
    expect(responses.every(({ status }) => status === 200 || status === 412)).toBe(true)
    const { headers } = await server.send('GET', `/v1/apis/${api.id}`)
    expect(headers.get('etag')).toBe(`"${1 + won}"`)
  })
})

describe('rejects', () => {
  it('callers outside the operator’s organization', async () => {
    const response = await update(await make(), { name: 'X' }, { as: other.manager })
    expect(problem(response)).toEqual([403, 'operator_only'])
  })

  it('an API that is not granted, as if it did not exist', async () => {
    const hidden = await make({ organizations: [] })
    for (const target of [hidden, { id: 'api_01jd0000000000000000000000' }, { id: 'x' }]) {
      const response = await update(target, { name: 'X' }, { as: other.manager })
      expect(problem(response)).toEqual([404, 'not_found'])
    }
    expect(problem(await update({ id: 'x' }, { name: 'X' }))).toEqual([404, 'not_found'])
  })

  it('updates of the built-in API', async () => {
    const [builtIn] = (await server.send('GET', '/v1/apis?slug=keyporter')).body.data
    expect(problem(await update(builtIn, { name: 'Mine' }))).toEqual([409, 'built_in_api'])
    expect(problem(await update(builtIn, { permissions: [contact] }))).toEqual([
      409,
      'built_in_api',
    ])
  })

  it('an outdated version', async () => {
    const api = await make()
    await update(api, { name: 'Seen' })
    const response = await update(api, { name: 'Unseen' }, { headers: { 'if-match': '"1"' } })
    expect(problem(response)).toEqual([412, 'precondition_failed'])
  })

  it('a table without the scopes that its operations need', async () => {
    const api = await make()
    expect(problem(await update(api, { permissions: [event] }))).toEqual([
      400,
      'invalid_request',
      '/permissions',
    ])
    const operations = [{ method: 'GET', path: '/a', permissions: ['CONTACT_READ'] }]
    expect(problem(await update(api, { permissions: [event], operations }))).toEqual([
      400,
      'invalid_request',
      '/operations/0/permissions/0',
    ])
    expect((await update(api, { permissions: [event], operations: [] })).status).toBe(200)
  })

  it.each(['identifier', 'slug', 'builtIn', 'createdAt', 'scopes', 'id'])(
    'the field %s',
    async (field) => {
      expect((await update(await make(), { [field]: 'https://x.example.com' })).status).toBe(400)
    },
  )
})

describe('records', () => {
  it('one event with the removed and added names', async () => {
    const api = await make({ operations: [] })
    await update(api, { name: 'Renamed', permissions: [contact] })
    await update(api, { name: 'Renamed' })
    const { data } = (await server.send('GET', `/v1/audit-events?targetId=${api.id}`)).body
    expect(data).toHaveLength(2)
    expect(data[0]).toMatchObject({
      action: 'api.updated',
      target: { type: 'api', id: api.id, name: 'Renamed' },
    })
    expect(data[0].changes).toEqual({
      name: { from: expect.any(String), to: 'Renamed' },
      scopes: { from: { count: 4, removed: ['EVENT_READ'] }, to: { count: 3, added: [] } },
      permissions: { from: { count: 2, removed: ['EVENT: read'] }, to: { count: 1, added: [] } },
    })
  })
})
