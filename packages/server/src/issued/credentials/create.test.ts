import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  createOrganization,
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

const create = (body: object, options: object = {}) =>
  server.send('POST', '/v1/credentials', {
    body: { name: 'Zeus', permissions: 'all', apiId: contactsId, ...body },
    ...options,
  })

const pointers = (response: { body: { errors?: { pointer: string; code: string }[] } }) =>
  response.body.errors?.map(({ pointer, code }) => `${pointer} ${code}`)

async function lastEvent(action: string) {
  const { body } = await server.send('GET', `/v1/audit-events?action=${action}&limit=1`)
  return body.data[0]
}

describe('does', () => {
  it('the response of the creation is the only one with the secret, and is not cacheable', async () => {
    const response = await create({ notes: 'Ask Ada.\nRoom 4' })
    expect(response.status).toBe(201)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('etag')).toBe('"1"')
    const { clientSecret, ...rest } = response.body
    expect(clientSecret).toMatch(/^kp_live_[0-9A-Za-z]{49}$/)
    expect(rest).toEqual({
      id: expect.stringMatching(/^cred_[0-9a-z]{26}$/),
      clientId: expect.stringMatching(/^kpc_live_[0-9A-Za-z]{20}$/),
      name: 'Zeus',
      notes: 'Ask Ada.\nRoom 4',
      status: 'active',
      environment: 'production',
      kind: 'scoped',
      permissions: ['CONTACT_READ', 'CONTACT_WRITE', 'CONTACT_DELETE', 'EVENT_READ'],
      scope: 'CONTACT_READ CONTACT_WRITE CONTACT_DELETE EVENT_READ',
      createdAt: '2027-03-01T12:00:00.000Z',
      createdBy: {
        type: 'credential',
        id: expect.stringMatching(/^cred_/),
        name: expect.any(String),
      },
      updatedAt: '2027-03-01T12:00:00.000Z',
      expiresAt: '2027-05-30T12:00:00.000Z',
      revokedAt: null,
      revokedBy: null,
      revokedReason: null,
      endedAt: null,
      activeSeconds: 0,
      lastUsedAt: null,
      lastUsedFrom: null,
      warnings: [],
      secrets: [
        {
          id: expect.stringMatching(/^sec_/),
          hint: `${clientSecret.slice(0, 12)}…`,
          createdAt: '2027-03-01T12:00:00.000Z',
          lastUsedAt: null,
          expiresAt: null,
        },
      ],
      organizationId: server.operatorId,
      apiId: contactsId,
      apiIdentifier: 'https://api.example.com',
      issuer: server.url,
      tokenUrl: `${server.url}/oauth/token`,
    })
    const { body } = await server.send('GET', `/v1/credentials/${rest.id}`)
    expect(body).toEqual(rest)
  })

  it('client id and secret of a test credential name the environment', async () => {
    const { body } = await create({ environment: 'test' })
    expect(body.clientId).toMatch(/^kpc_test_/)
    expect(body.clientSecret).toMatch(/^kp_test_/)
    expect(body.environment).toBe('test')
  })

  it('permissions are a subset without duplicates, in the order of the table', async () => {
    const { body } = await create({ permissions: ['EVENT_READ', 'CONTACT_READ', 'EVENT_READ'] })
    expect(body.permissions).toEqual(['CONTACT_READ', 'EVENT_READ'])
    expect(body.scope).toBe('CONTACT_READ EVENT_READ')
  })

  it('a full-access credential includes permissions that the API adds later', async () => {
    const api = await createContactsApi(server, {
      name: 'Growing',
      identifier: 'https://growing.example.com',
      permissions: [{ resource: 'A', actions: ['read'] }],
      operations: [],
    })
    const made = await create({ kind: 'full_access', apiId: api.id, permissions: undefined })
    expect(made.body).toMatchObject({ kind: 'full_access', permissions: ['A_READ'] })
    await server.send('PATCH', `/v1/apis/${api.id}`, {
      body: { permissions: [{ resource: 'A', actions: ['read', 'write'] }] },
    })
    const { body } = await server.send('GET', `/v1/credentials/${made.body.id}`)
    expect(body.permissions).toEqual(['A_READ', 'A_WRITE'])
    expect(await requestToken(server, made.body, { scope: 'A_WRITE' })).toMatch(/^ey/)
  })

  it('the operator can create a credential for another organization', async () => {
    const { status, body } = await create({ organizationId: other.id, apiId: contactsId })
    expect([status, body.organizationId]).toEqual([201, other.id])
    expect((await server.send('GET', `/v1/credentials/${body.id}`)).status).toBe(404)
    const theirs = await server.send('GET', `/v1/credentials/${body.id}`, { as: other.manager })
    expect(theirs.body.id).toBe(body.id)
  })

  it.each([
    ['a name of 64 characters', { name: 'n'.repeat(64) }],
    ['a name of 64 emoji', { name: '🔑'.repeat(64) }],
    ['notes of 250 characters', { notes: 'n'.repeat(250) }],
    ['notes of 250 emoji', { notes: '🔑'.repeat(250) }],
    ['a name that is normalized to NFC', { name: 'Zoe\u0308' }],
    ['a name that is already in use', { name: 'Zeus' }],
  ])('%s', async (_, body) => {
    const response = await create(body)
    expect(response.status).toBe(201)
    expect(response.body).toMatchObject(
      Object.fromEntries(Object.entries(body).map(([key, text]) => [key, text.normalize('NFC')])),
    )
  })

  it('an expiry up to one calendar year away is accepted, in any time zone', async () => {
    const { status, body } = await create({ expiresAt: '2028-03-01T13:00:00.000+01:00' })
    expect([status, body.expiresAt]).toEqual([201, '2028-03-01T12:00:00.000Z'])
  })

  it('a repeated request with an idempotency key creates one credential, and the replay has no secret', async () => {
    const options = { headers: { 'idempotency-key': 'create-once' } }
    const first = await create({ name: 'Once' }, options)
    const again = await create({ name: 'Once' }, options)
    expect(again.status).toBe(201)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(again.body).toEqual({ ...first.body, clientSecret: null })
    expect((await server.send('GET', '/v1/credentials?q=Once')).body.data).toHaveLength(1)
    expect((await create({ name: 'Twice' }, options)).status).toBe(422)
  })
})

describe('rejects', () => {
  it.each([
    ['an empty name', { name: '' }, '/name'],
    ['a name of spaces', { name: '  ' }, '/name'],
    ['a name of 65 characters', { name: 'n'.repeat(65) }, '/name'],
    ['a name of 65 emoji', { name: '🔑'.repeat(65) }, '/name'],
    ['notes of 251 characters', { notes: 'n'.repeat(251) }, '/notes'],
    ['notes of 251 emoji', { notes: '🔑'.repeat(251) }, '/notes'],
    ['a name with a bidirectional override', { name: 'a\u202Eb' }, '/name'],
    ['a name with NUL', { name: 'a\u0000b' }, '/name'],
    ['an expiry in the past', { expiresAt: '2027-03-01T11:59:59.999Z' }, '/expiresAt'],
    ['an expiry now', { expiresAt: '2027-03-01T12:00:00.000Z' }, '/expiresAt'],
    ['an expiry over a year away', { expiresAt: '2028-03-01T12:00:00.001Z' }, '/expiresAt'],
    ['no permissions', { permissions: undefined }, '/permissions'],
    ['an empty list of permissions', { permissions: [] }, '/permissions'],
    ['an unknown permission', { permissions: ['CONTACT_READ', 'CONTACT_FLY'] }, '/permissions/1'],
    ['a permission in lower case', { permissions: ['contact_read'] }, '/permissions/0'],
    ['a permission of another API', { permissions: ['CREDENTIAL_READ'] }, '/permissions/0'],
    [
      'a list with full access',
      { kind: 'full_access', permissions: ['EVENT_READ'] },
      '/permissions',
    ],
    ['an unknown environment', { environment: 'staging' }, '/environment'],
  ])('%s', async (_, body, pointer) => {
    const response = await create(body)
    expect([response.status, response.body.code]).toEqual([400, 'invalid_request'])
    // zod reports a failed union at the union itself.
    expect(pointer.startsWith(response.body.errors[0].pointer)).toBe(true)
  })

  it.each([
    'id',
    'clientId',
    'clientSecret',
    'status',
    'createdAt',
    'createdBy',
    'revokedAt',
    'scope',
    'secrets',
    'version',
  ])('the read-only field %s', async (field) => {
    const response = await create({ [field]: 'x' })
    expect([response.status, pointers(response)]).toEqual([400, [' unknown_field']])
  })

  // RFC 3339 §5.6.
  it.each([
    '2027-04-30',
    '2027-04-31T00:00:00Z',
    '2027-04-30T24:00:00Z',
    '2027-04-30T23:59:60Z',
    '2027-04-30T00:00:00',
    '2027-04-30 00:00',
    '+275760-09-13T00:00:00Z',
    '10000-01-01T00:00:00Z',
    'tomorrow',
    1_806_000_000_000,
    null,
  ])('the expiry %j, which is not an instant', async (expiresAt) => {
    const response = await create({ expiresAt })
    expect([response.status, response.body.errors[0].pointer]).toEqual([400, '/expiresAt'])
  })

  // The limits of a calendar year.
  it.each([
    ['2027-03-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ['2028-02-29T00:00:00.000Z', '2029-02-28T00:00:00.000Z'],
    ['2028-12-31T23:59:59.999Z', '2029-12-31T23:59:59.999Z'],
  ])('for a creation at %s, an expiry one second after %s', async (now, latest) => {
    const then = await startTestServer({ overrides: { clock: { now: () => Date.parse(now) } } })
    await createContactsApi(then)
    const send = (expiresAt: string) =>
      then.send('POST', '/v1/credentials', {
        body: { name: 'Zeus', permissions: 'all', expiresAt },
      })
    expect((await send(latest)).status).toBe(201)
    const late = new Date(Date.parse(latest) + 1_000).toISOString()
    expect(pointers(await send(late))).toEqual(['/expiresAt too_big'])
    await then.close()
  })

  it('a missing apiId unless there is exactly one API', async () => {
    await createContactsApi(server, { name: 'Second', identifier: 'https://second.example.com' })
    const several = await create({ apiId: undefined }, { as: other.manager })
    expect([several.status, several.body.code, pointers(several)]).toEqual([
      400,
      'api_required',
      ['/apiId required'],
    ])
    const lonely = await startTestServer()
    const none = await lonely.send('POST', '/v1/credentials', {
      body: { name: 'Zeus', permissions: 'all' },
    })
    expect([none.status, none.body.code]).toEqual([400, 'api_required'])
    await lonely.close()
  })

  it('an API that is not granted to the organization, as if it did not exist', async () => {
    const closed = await createContactsApi(server, {
      name: 'Closed',
      identifier: 'https://closed.example.com',
      organizations: [],
    })
    const foreign = await create({ apiId: closed.id }, { as: other.manager })
    const absent = await create({ apiId: 'api_01jd0000000000000000000000' }, { as: other.manager })
    expect([foreign.status, absent.status]).toEqual([404, 404])
    expect({ ...foreign.body, instance: '' }).toEqual({ ...absent.body, instance: '' })
    expect((await create({ apiId: closed.id })).status).toBe(201)
  })

  it('another organization’s id from callers outside the operator’s organization', async () => {
    const response = await create({ organizationId: server.operatorId }, { as: other.manager })
    expect(response.status).toBe(404)
  })

  describe('of the built-in API', () => {
    const limited = (permissions: string[]) =>
      createCredential(server, { name: 'Limited', apiId: builtInId, permissions })
    const own = ['CREDENTIAL_READ', 'CREDENTIAL_WRITE']

    it('permissions that the caller does not have, and names them', async () => {
      const as = await limited(own)
      const stronger = await create(
        { apiId: builtInId, permissions: [...own, 'MEMBER_READ'] },
        { as },
      )
      expect([stronger.status, stronger.body.code]).toEqual([403, 'cannot_grant'])
      expect(stronger.body.requiredPermissions).toEqual(['MEMBER_READ'])
      const all = await create({ apiId: builtInId }, { as })
      expect([all.status, all.body.code]).toEqual([403, 'cannot_grant'])
      const full = await create({ apiId: builtInId, kind: 'full_access' }, { as })
      expect([full.status, full.body.code]).toEqual([403, 'cannot_grant'])
      expect((await create({ apiId: builtInId, permissions: own }, { as })).status).toBe(201)
    })

    it('permissions outside the scope of the caller’s token', async () => {
      const manager = await limited([...own, 'MEMBER_READ'])
      const as = await requestToken(server, manager, { scope: own.join(' ') })
      const response = await create({ apiId: builtInId, permissions: ['MEMBER_READ'] }, { as })
      expect(response.body.code).toBe('cannot_grant')
    })

    it('but all permissions of other APIs are granted to callers that manage credentials', async () => {
      const as = await limited(own)
      expect((await create({ apiId: contactsId }, { as })).status).toBe(201)
      expect((await create({ apiId: contactsId, kind: 'full_access' }, { as })).status).toBe(201)
    })
  })

  it('permissions above the organization’s ceiling', async () => {
    const capped = await createOrganization(server, 'Capped')
    await server.send('PATCH', `/v1/organizations/${capped.id}`, {
      body: { policy: { permissionCeiling: ['EVENT_READ'], maxLifetimeDays: 7 } },
    })
    const send = (body: object) => create({ apiId: contactsId, ...body }, { as: capped.manager })
    expect((await send({})).body).toMatchObject({
      permissions: ['EVENT_READ'],
      expiresAt: '2027-03-08T12:00:00.000Z',
    })
    expect(pointers(await send({ permissions: ['EVENT_READ', 'CONTACT_READ'] }))).toEqual([
      '/permissions/1 above_ceiling',
    ])
    expect(pointers(await send({ kind: 'full_access' }))).toEqual(['/kind above_ceiling'])
    expect(pointers(await send({ apiId: builtInId, permissions: ['API_READ'] }))).toEqual([
      '/permissions/0 above_ceiling',
    ])
    expect(pointers(await send({ expiresAt: '2027-03-08T12:00:00.001Z' }))).toEqual([
      '/expiresAt too_big',
    ])
  })
})

describe('records', () => {
  it('one event with actor, target and the new values, without the secret', async () => {
    const { body } = await create({ name: 'Audited', notes: 'n', permissions: ['EVENT_READ'] })
    const event = await lastEvent('credential.created')
    expect(event).toMatchObject({
      action: 'credential.created',
      at: '2027-03-01T12:00:00.000Z',
      actor: { type: 'credential' },
      target: { type: 'credential', id: body.id, name: 'Audited' },
      outcome: 'success',
      changes: {
        name: { from: null, to: 'Audited' },
        notes: { from: null, to: 'n' },
        clientId: { from: null, to: body.clientId },
        environment: { from: null, to: 'production' },
        kind: { from: null, to: 'scoped' },
        expiresAt: { from: null, to: '2027-05-30T12:00:00.000Z' },
        permissions: { from: null, to: { count: 1, added: ['EVENT_READ'] } },
      },
    })
    expect(JSON.stringify(event)).not.toContain(body.clientSecret.slice(12))
  })

  it('nothing about rejected requests', async () => {
    const before = await lastEvent('credential.created')
    await create({ permissions: ['NOTHING_READ'] })
    expect((await lastEvent('credential.created')).id).toBe(before.id)
  })

  it('no secret in later responses or in the log', async () => {
    const { body } = await create({ name: 'Quiet' })
    const paths = [
      `/v1/credentials/${body.id}`,
      '/v1/credentials?q=Quiet',
      `/v1/audit-events?targetId=${body.id}`,
      '/v1/credentials?limit=100&include=counts',
    ]
    for (const path of paths) {
      expect((await server.send('GET', path)).text).not.toContain(body.clientSecret.slice(12))
    }
    expect(server.logLines.join('\n')).not.toContain(body.clientSecret.slice(12))
  })
})
