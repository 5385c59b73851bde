import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  contactsApi,
  createContactsApi,
  createOrganization,
  requestToken,
} from '../../../../../test/support/credentials.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'

let server: TestServer
let one: Awaited<ReturnType<typeof createOrganization>>
let two: Awaited<ReturnType<typeof createOrganization>>
let sharedId: string

beforeAll(async () => {
  server = await startTestServer()
  one = await createOrganization(server, 'One')
  two = await createOrganization(server, 'Two')
  for (const [name, organizations] of [
    ['Contacts_100%', 'all'],
    ['Shared', [one.id, two.id]],
    ['Only one', [one.id]],
    ['Nobody', []],
  ] as const) {
    server.clock.move(1_000)
    const identifier = `https://${name.toLowerCase().replaceAll(/[^a-z]/g, '')}.example.com`
    const { id } = await createContactsApi(server, { name, identifier, organizations })
    if (name === 'Shared') sharedId = id
  }
})
afterAll(() => server.close())

const list = (query = '', options: object = {}) => server.send('GET', `/v1/apis${query}`, options)
const names = async (query = '', options: object = {}) =>
  (await list(query, options)).body.data.map(({ name }: { name: string }) => name)

describe('does', () => {
  it('the operator sees all APIs including the built-in one, oldest first', async () => {
    expect(await names()).toEqual(['Keyporter', 'Contacts_100%', 'Shared', 'Only one', 'Nobody'])
  })

  it('an organization sees the APIs that are granted to it', async () => {
    expect(await names('', { as: one.manager })).toEqual([
      'Keyporter',
      'Contacts_100%',
      'Shared',
      'Only one',
    ])
    expect(await names('', { as: two.manager })).toEqual(['Keyporter', 'Contacts_100%', 'Shared'])
    expect(await names(`?organizationId=${two.id}`)).toEqual([
      'Keyporter',
      'Contacts_100%',
      'Shared',
    ])
  })

  it('only the operator sees which other organizations an API is granted to', async () => {
    const asOperator = await server.send('GET', `/v1/apis/${sharedId}`)
    expect(asOperator.body.organizations).toEqual([one.id, two.id])
    const asOne = await server.send('GET', `/v1/apis/${sharedId}`, { as: one.manager })
    expect(asOne.body.organizations).toEqual([one.id])
    expect(asOne.body.operations).toEqual(contactsApi.operations)
  })

  it.each([
    ['?slug=keyporter', ['Keyporter']],
    ['?slug=Keyporter', []],
    ['?q=SHARED', ['Shared']],
    ['?q=only-one', ['Only one']],
    ['?q=nobody.example', ['Nobody']],
    ['?q=%25', ['Contacts_100%']],
    ['?q=_', ['Contacts_100%']],
    ['?q=nothing', []],
  ])('filters by %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected)
  })

  it('pages contain all APIs, without operations', async () => {
    const first = await list('?limit=2')
    expect(first.body.data[1]).not.toHaveProperty('operations')
    expect(first.body.data[1].scopes).toContain('EVENT_READ')
    const second = await list(`?limit=2&cursor=${first.body.nextCursor}`)
    const third = await list(`?limit=2&cursor=${second.body.nextCursor}`)
    const seen = [first, second, third].flatMap(({ body }) => body.data)
    expect(seen.map(({ name }: { name: string }) => name)).toEqual(await names())
    expect(third.body.nextCursor).toBeNull()
  })
})

describe('rejects', () => {
  it('an API that is not granted, as if it did not exist', async () => {
    const foreign = await server.send('GET', `/v1/apis/${sharedId}`, { as: two.manager })
    expect(foreign.status).toBe(200)
    const [nobody] = (await list('?q=nobody')).body.data
    const hidden = await server.send('GET', `/v1/apis/${nobody.id}`, { as: two.manager })
    const absent = await server.send('GET', '/v1/apis/api_01jd0000000000000000000000', {
      as: two.manager,
    })
    expect([hidden.status, { ...hidden.body, instance: '' }]).toEqual([
      404,
      { ...absent.body, instance: '' },
    ])
  })

  it('a cursor of a different list', async () => {
    const { nextCursor } = (await list('?limit=1')).body
    expect((await list(`?q=a&cursor=${nextCursor}`)).body.code).toBe('invalid_cursor')
    const foreign = await list(`?cursor=${nextCursor}`, { as: one.manager })
    expect(foreign.body.code).toBe('invalid_cursor')
  })

  it('callers without API_READ', async () => {
    const as = await requestToken(server, server.manager, { scope: 'CREDENTIAL_READ' })
    expect((await list('', { as })).status).toBe(403)
  })
})
