import { addCalendarYears, formatInstant } from '@keyporter/protocol'
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
let builtInId: string
let other: Awaited<ReturnType<typeof createOrganization>>

beforeAll(async () => {
  server = await startTestServer()
  contactsId = (await createContactsApi(server)).id
  builtInId = (await server.send('GET', '/v1/apis?slug=keyporter')).body.data[0].id
  other = await createOrganization(server, 'Other')
})
afterAll(() => server.close())

const make = async (body: object = {}) => {
  const { id } = await createCredential(server, { apiId: contactsId, ...body })
  return (await get({ id })).body
}
const update = ({ id }: { id: string }, body: object, options: object = {}) =>
  server.send('PATCH', `/v1/credentials/${id}`, { body, ...options })
const get = async ({ id }: { id: string }) => server.send('GET', `/v1/credentials/${id}`)
const problem = ({ status, body }: Awaited<ReturnType<typeof update>>) => [
  status,
  body.code,
  ...(body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer),
]

describe('does', () => {
  it('name, notes, expiry and permissions can be updated; absent fields are kept and null clears', async () => {
    const credential = await make({ notes: 'old' })
    server.clock.move(1_000)
    const changed = await update(credential, {
      name: 'New',
      expiresAt: '2027-12-24T00:00:00Z',
      permissions: ['EVENT_READ', 'CONTACT_READ'],
    })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).toBe('"2"')
    expect(changed.body).toMatchObject({
      name: 'New',
      notes: 'old',
      expiresAt: '2027-12-24T00:00:00.000Z',
      permissions: ['CONTACT_READ', 'EVENT_READ'],
      scope: 'CONTACT_READ EVENT_READ',
    })
    expect(Date.parse(changed.body.updatedAt)).toBe(server.clock.now())
    expect((await update(credential, { notes: null })).body.notes).toBe('')
    expect((await get(credential)).body.notes).toBe('')
  })

  it('an existing token loses removed permissions immediately', async () => {
    const credential = await createCredential(server, { apiId: contactsId })
    const token = await requestToken(server, credential)
    await update(credential, { permissions: ['EVENT_READ'] })
    const verify = async (permission: string) => {
      const body = { token, permissions: [permission] }
      return (await server.send('POST', '/v1/verify', { body })).body.valid
    }
    expect([await verify('CONTACT_READ'), await verify('EVENT_READ')]).toEqual([false, true])
    await update(credential, { permissions: 'all' })
    expect(await verify('CONTACT_READ')).toBe(true)
  })

  it('an update without changes keeps the version and is not audited', async () => {
    const credential = await make({ name: 'Same' })
    const { headers, status } = await update(credential, { name: 'Same', notes: null })
    expect([status, headers.get('etag')]).toEqual([200, '"1"'])
  })

  it('with If-Match only the given version is updated', async () => {
    const credential = await make()
    const seen = (await get(credential)).headers.get('etag') ?? ''
    const first = await update(credential, { name: 'First' }, { headers: { 'if-match': seen } })
    expect(first.status).toBe(200)
    const second = await update(credential, { name: 'Second' }, { headers: { 'if-match': seen } })
    expect(problem(second)).toEqual([412, 'precondition_failed'])
    const foreign = await update(credential, { name: 'X' }, { headers: { 'if-match': '"x"' } })
    expect(foreign.status).toBe(412)
    expect((await get(credential)).body.name).toBe('First')
  })

  it('concurrent updates are applied completely or rejected', async () => {
    const credential = await make()
    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, at) => update(credential, { name: `Race ${at}` })),
    )
    const won = responses.filter(({ status }) => status === 200)
    expect(responses.every(({ status }) => status === 200 || status === 412)).toBe(true)
    expect(won.length).toBeGreaterThan(0)
    const { headers } = await get(credential)
    expect(headers.get('etag')).toBe(`"${1 + won.length}"`)
  })
})

describe('rejects', () => {
  it.each([
    ['an expiry in the past', { expiresAt: '2027-01-01T00:00:00Z' }, '/expiresAt'],
    ['an unknown permission', { permissions: ['NO_READ'] }, '/permissions/0'],
    ['an empty name', { name: '' }, '/name'],
    ['65 characters of name', { name: 'n'.repeat(65) }, '/name'],
    ['251 characters of notes', { notes: 'n'.repeat(251) }, '/notes'],
    ['an expiry of null', { expiresAt: null }, '/expiresAt'],
  ])('%s', async (_, body, pointer) => {
    const response = await update(await make(), body)
    expect(problem(response)).toEqual([400, 'invalid_request', pointer])
  })

  it('an expiry a year from now instead of from the creation', async () => {
    const credential = await make()
    server.clock.move(86_400_000)
    const latest = addCalendarYears(Date.parse(credential.createdAt), 1)
    const send = (ms: number) => update(credential, { expiresAt: formatInstant(ms) })
    expect(problem(await send(latest + 1))).toEqual([400, 'invalid_request', '/expiresAt'])
    expect((await send(latest)).status).toBe(200)
  })

  it.each([
    'id',
    'organizationIds',
    'status',
    'createdBy',
    'environment',
    'kind',
    'apiId',
    'revokedAt',
  ])('the field %s', async (field) => {
    expect((await update(await make(), { [field]: 'test' })).status).toBe(400)
  })

  it('a revoked or expired credential', async () => {
    const revoked = await make()
    await server.send('POST', `/v1/credentials/${revoked.id}/revoke`, { body: {} })
    expect(problem(await update(revoked, { name: 'X' }))).toEqual([
      409,
      'credential_not_modifiable',
    ])
    const expiresAt = new Date(server.clock.now() + 1_000).toISOString()
    const expired = await make({ expiresAt })
    server.clock.move(1_000)
    expect(problem(await update(expired, { expiresAt: '2027-12-01T00:00:00Z' }))).toEqual([
      409,
      'credential_not_modifiable',
    ])
  })

  it('a permission list for full access', async () => {
    const credential = await make({ kind: 'full_access', permissions: undefined })
    expect(problem(await update(credential, { permissions: ['EVENT_READ'] }))).toEqual([
      400,
      'invalid_request',
      '/permissions',
    ])
  })

  it('another organization’s credential, as if it did not exist', async () => {
    const credential = await make()
    const foreign = await update(credential, { name: 'X' }, { as: other.manager })
    const absent = await update(
      { id: 'cred_01jd0000000000000000000000' },
      {},
      { as: other.manager },
    )
    const garbled = await update({ id: '%27%22' }, {}, { as: other.manager })
    const bodies = [foreign, absent, garbled].map(({ body }) => ({ ...body, instance: '' }))
    expect(foreign.status).toBe(404)
    expect(bodies[1]).toEqual(bodies[0])
    expect(bodies[2]).toEqual(bodies[0])
    expect((await get(credential)).body.name).toBe('Test')
  })

  describe('of the built-in API', () => {
    const own = ['CREDENTIAL_READ', 'CREDENTIAL_WRITE']
    let limited: IssuedCredential
    beforeAll(async () => {
      limited = await createCredential(server, { apiId: builtInId, permissions: own })
    })

    it('adding permissions that the caller does not have, including to itself', async () => {
      for (const target of [
        limited,
        await createCredential(server, { apiId: builtInId, permissions: ['API_READ'] }),
      ]) {
        const response = await update(
          target,
          { permissions: [...own, 'MEMBER_READ'] },
          { as: limited },
        )
        expect(problem(response)).toEqual([403, 'cannot_grant'])
        expect(response.body.requiredPermissions).toEqual(['MEMBER_READ'])
        expect(
          problem(await update(target, { permissions: 'all' }, { as: limited })).slice(0, 2),
        ).toEqual([403, 'cannot_grant'])
      }
    })

    it('but existing permissions are kept, and any permission can be removed', async () => {
      const strong = await createCredential(server, {
        apiId: builtInId,
        permissions: ['API_READ', 'MEMBER_READ', 'AUDIT_READ'],
      })
      const response = await update(
        strong,
        { permissions: ['API_READ', 'MEMBER_READ', 'CREDENTIAL_READ'] },
        { as: limited },
      )
      expect(response.body.permissions).toEqual(['MEMBER_READ', 'API_READ', 'CREDENTIAL_READ'])
    })
  })
})

describe('records', () => {
  it('one event with the old and new values of changed fields only', async () => {
    const credential = await make({ permissions: ['CONTACT_READ', 'EVENT_READ'] })
    await update(credential, {
      name: 'Renamed',
      notes: '',
      expiresAt: '2027-12-24T00:00:00Z',
      permissions: ['CONTACT_READ', 'CONTACT_WRITE'],
    })
    await update(credential, { name: 'Renamed' })
    const { body } = await server.send('GET', `/v1/audit-events?targetId=${credential.id}`)
    expect(body.data.map(({ action }: { action: string }) => action)).toEqual([
      'credential.updated',
      'credential.created',
    ])
    expect(body.data[0]).toMatchObject({
      actor: { type: 'credential' },
      target: { type: 'credential', id: credential.id, name: 'Renamed' },
    })
    expect(body.data[0].changes).toEqual({
      name: { from: 'Test', to: 'Renamed' },
      expiresAt: { from: credential.expiresAt, to: '2027-12-24T00:00:00.000Z' },
      permissions: {
        from: { count: 2, removed: ['EVENT_READ'] },
        to: { count: 2, added: ['CONTACT_WRITE'] },
      },
    })
  })
})
