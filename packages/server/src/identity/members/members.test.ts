import { type Privilege, permissionsOf, privilegeNames, privileges } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCredential, createOrganization } from '../../../../../test/support/credentials.ts'
import {
  addPerson,
  invitePerson,
  listAuditEvents,
  trySignIn,
} from '../../../../../test/support/people.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const change = (id: string, body: object, organizationId?: string) =>
  server.send('PATCH', `/v1/members/${id}`, {
    body: { ...body, ...(organizationId === undefined ? {} : { organizationId }) },
  })

/** Creates a management credential with exactly these permissions. */
async function machineWith(permissions: readonly string[]) {
  const builtIn = await server.send('GET', '/v1/apis?slug=keyporter')
  return createCredential(server, { apiId: builtIn.body.data[0].id, permissions })
}

describe('does', () => {
  it('a granted or removed privilege applies to the next request of an open session', async () => {
    const person = await addPerson(server)
    const page = async () => (await person.send('GET', '/v1/credentials')).status
    const seen = async () => (await person.send('GET', '/v1/session')).body.privileges
    expect([await page(), await seen()]).toStrictEqual([403, []])
    await change(person.id, { privileges: ['credentials.view'] })
    expect([await page(), await seen()]).toStrictEqual([200, ['credentials.view']])
    await change(person.id, { privileges: [] })
    expect([await page(), await seen()]).toStrictEqual([403, []])
  })

  it('creating a credential requires credentials.view and credentials.manage', async () => {
    const api = await server.send('POST', '/v1/apis', {
      body: {
        name: 'Parcels',
        identifier: 'https://parcels.example.com',
        permissions: [{ resource: 'PARCEL', actions: ['read'] }],
      },
    })
    const person = await addPerson(server)
    const create = async () => {
      const body = { name: 'Mine', apiId: api.body.id, permissions: ['PARCEL_READ'] }
      return (await person.send('POST', '/v1/credentials', { body })).status
    }
    await change(person.id, { privileges: ['credentials.view'] })
    expect(await create()).toBe(403)
    await change(person.id, { privileges: ['credentials.manage'] })
    expect(await create()).toBe(403)
    await change(person.id, { privileges: ['credentials.view', 'credentials.manage'] })
    expect(await create()).toBe(201)
  })

  it('a member can grant privileges that they have, and remove their own', async () => {
    const boss = await addPerson(server, { privileges: ['members.manage', 'credentials.view'] })
    const other = await addPerson(server)
    const given = await boss.send('PATCH', `/v1/members/${other.id}`, {
      body: { privileges: ['credentials.view'] },
    })
    expect([given.status, given.body.privileges]).toStrictEqual([200, ['credentials.view']])
    const own = await boss.send('PATCH', `/v1/members/${boss.id}`, {
      body: { privileges: ['members.manage'] },
    })
    expect(own.status).toBe(200)
    expect((await boss.send('GET', '/v1/credentials')).status).toBe(403)
  })

  it('deactivation ends access with the next request, and reactivation restores the privileges', async () => {
    const person = await addPerson(server, { privileges: ['audit.view'] })
    const off = await change(person.id, { active: false })
    expect([off.status, off.body.status]).toStrictEqual([200, 'deactivated'])
    expect((await person.send('GET', '/v1/session')).status).toBe(401)
    const credentials = { email: person.email, password: 'violet harbour 27 umbrella' }
    expect((await trySignIn(server, credentials)).status).toBe(401)
    await change(person.id, { active: true })
    expect((await person.send('GET', '/v1/session')).status).toBe(401)
    expect((await trySignIn(server, credentials)).body.privileges).toStrictEqual(['audit.view'])
  })

  it('members are listed oldest first, and found by name and address', async () => {
    const { id: organizationId } = await createOrganization(server, 'Listing')
    for (const name of ['Ada Alpha', 'Grace Alpha', 'Edsger Beta']) {
      server.clock.move(1)
      await invitePerson(server, { name, organizationId })
    }
    const path = `/v1/members?organizationId=${organizationId}`
    const first = await server.send('GET', `${path}&q=ALPHA&limit=1`)
    const cursor = encodeURIComponent(first.body.nextCursor)
    const second = await server.send('GET', `${path}&q=ALPHA&limit=1&cursor=${cursor}`)
    expect([first.body.data[0].name, second.body.data[0].name]).toStrictEqual([
      'Ada Alpha',
      'Grace Alpha',
    ])
    expect(second.body.nextCursor).toBeNull()
    const byAddress = await server.send('GET', `${path}&q=${encodeURIComponent('@EXAMPLE')}`)
    expect(byAddress.body.data).toHaveLength(3)
  })

  it('the operator can add the first member of another organization, with all privileges', async () => {
    const { id } = await createOrganization(server, 'Customer')
    const owner = await addPerson(server, { organizationId: id, privileges: privilegeNames })
    const me = await owner.send('GET', '/v1/session')
    expect(me.body).toMatchObject({
      organization: { id, operator: false },
      privileges: privilegeNames,
    })
    expect((await owner.send('GET', '/v1/organizations')).body.data).toHaveLength(1)
  })

  it('an address can belong to several organizations, once in each', async () => {
    const { id } = await createOrganization(server, 'Second home')
    const email = 'ada@several.example'
    await invitePerson(server, { email })
    const other = await invitePerson(server, { email: 'ADA@Several.example', organizationId: id })
    expect(other.member.email).toBe(email)
    const again = await server.send('POST', '/v1/members', {
      body: { email: ' Ada@several.example', name: 'Ada', privileges: [] },
    })
    expect([again.status, again.body.code]).toStrictEqual([409, 'already_exists'])
  })
})

describe('rejects', () => {
  it('a caller cannot grant a privilege without all of its permissions', async () => {
    const target = await invitePerson(server)
    const managing = permissionsOf(['members.manage'])
    for (const owned of privilegeNames) {
      const permissions = [...permissionsOf([owned]), ...managing]
      const machine = await machineWith([...new Set(permissions)])
      const grant = (granted: Privilege) =>
        server.send('PATCH', `/v1/members/${target.member.id}`, {
          as: machine,
          body: { privileges: [granted] },
        })
      for (const granted of privilegeNames) {
        await change(target.member.id, { privileges: [] })
        const covered = privileges[granted].every((one) => permissions.includes(one))
        const { status, body } = await grant(granted)
        expect([owned, granted, status]).toStrictEqual([owned, granted, covered ? 200 : 403])
        if (!covered) expect(body.code).toBe('cannot_grant')
      }
    }
  })

  it('a member cannot gain privileges through themselves or a new member', async () => {
    const person = await addPerson(server, { privileges: ['members.manage'] })
    const own = await person.send('PATCH', `/v1/members/${person.id}`, {
      body: { privileges: ['members.manage', 'organization.manage'] },
    })
    const added = await person.send('POST', '/v1/members', {
      body: { email: 'straw@example.org', name: 'Straw', privileges: ['apis.manage'] },
    })
    expect([own.status, own.body.code]).toStrictEqual([403, 'cannot_grant'])
    expect([added.status, added.body.code]).toStrictEqual([403, 'cannot_grant'])
    const list = await server.send('GET', '/v1/members?q=straw@example.org')
    expect(list.body.data).toStrictEqual([])
  })

  it('removing privileges and deactivating require only members.manage', async () => {
    const person = await addPerson(server, { privileges: ['members.manage'] })
    const powerful = await addPerson(server, { privileges: ['apis.manage', 'audit.view'] })
    const path = `/v1/members/${powerful.id}`
    const lowered = await person.send('PATCH', path, { body: { privileges: ['audit.view'] } })
    const off = await person.send('PATCH', path, { body: { active: false } })
    expect([lowered.status, off.status]).toStrictEqual([200, 200])
    const back = await person.send('PATCH', path, { body: { active: true } })
    expect([back.status, back.body.code]).toStrictEqual([403, 'cannot_grant'])
  })

  it('reading and changing members require members.manage', async () => {
    const person = await addPerson(server, { privileges: ['audit.view'] })
    const responses = await Promise.all([
      person.send('GET', '/v1/members'),
      person.send('GET', `/v1/members/${person.id}`),
      person.send('PATCH', `/v1/members/${person.id}`, { body: { name: 'Me' } }),
      person.send('POST', `/v1/members/${person.id}/invitation`),
      person.send('POST', '/v1/members', {
        body: { email: 'x@x.example', name: 'x', privileges: [] },
      }),
    ])
    expect(responses.map(({ status }) => status)).toStrictEqual([403, 403, 403, 403, 403])
  })

  it('the last owner cannot be removed, also by concurrent changes of two owners', async () => {
    const { id } = await createOrganization(server, 'Owned')
    const owner = { organizationId: id, privileges: ['members.manage', 'organization.manage'] }
    const one = await addPerson(server, owner)
    const alone = await change(one.id, { active: false }, id)
    expect([alone.status, alone.body.code]).toStrictEqual([409, 'last_owner'])
    const two = await addPerson(server, owner)
    const responses = await Promise.all([
      one.send('PATCH', `/v1/members/${two.id}`, { body: { privileges: ['members.manage'] } }),
      two.send('PATCH', `/v1/members/${one.id}`, { body: { active: false } }),
    ])
    const codes = responses.map(({ status, body }) => body.code ?? status)
    expect(codes.filter((code) => code === 200)).toHaveLength(1)
    expect(
      codes.filter((code) => code === 'last_owner' || code === 'unauthenticated'),
    ).toHaveLength(1)
  })

  it('an invited member does not count as an owner', async () => {
    const { id } = await createOrganization(server, 'Half owned')
    const owner = { organizationId: id, privileges: ['members.manage', 'organization.manage'] }
    const { id: memberId } = await addPerson(server, owner)
    await invitePerson(server, owner)
    expect((await change(memberId, { privileges: [] }, id)).body.code).toBe('last_owner')
  })

  it('another organization’s member gets the same response as a missing one', async () => {
    const { manager } = await createOrganization(server, 'Foreign')
    const { member } = await invitePerson(server)
    const send = async (id: string) => {
      const responses = await Promise.all([
        server.send('GET', `/v1/members/${id}`, { as: manager }),
        server.send('PATCH', `/v1/members/${id}`, { as: manager, body: { name: 'Mine' } }),
        server.send('POST', `/v1/members/${id}/invitation`, { as: manager }),
      ])
      return responses.map(({ status, body }) => ({ status, body: { ...body, instance: '' } }))
    }
    const foreign = await send(member.id)
    expect(foreign.map(({ status }) => status)).toStrictEqual([404, 404, 404])
    expect(await send('mem_00000000000000000000000000')).toStrictEqual(foreign)
  })

  it('unknown privileges and fields get invalid_request', async () => {
    const member = { email: 'y@y.example', name: 'Y' }
    for (const body of [
      { ...member, privileges: ['everything'] },
      { ...member, privileges: ['Members.Manage'] },
      { ...member, privileges: [], passwordHash: 'x' },
      { ...member, privileges: [], id: 'mem_1' },
      { ...member, email: 'no address', privileges: [] },
    ]) {
      expect((await server.send('POST', '/v1/members', { body })).status).toBe(400)
    }
  })

  it('a change of an outdated version gets precondition_failed', async () => {
    const { member } = await invitePerson(server)
    const headers = { 'if-match': '"1"' }
    const path = `/v1/members/${member.id}`
    const first = await server.send('PATCH', path, { headers, body: { name: 'One' } })
    const second = await server.send('PATCH', path, { headers, body: { name: 'Two' } })
    expect([first.status, second.status]).toStrictEqual([200, 412])
    expect(first.headers.get('etag')).toBe('"2"')
  })
})

describe('records', () => {
  it('a new member is audited with the privileges, without the code', async () => {
    const { member, code } = await invitePerson(server, { privileges: ['audit.view'] })
    const [event] = await listAuditEvents(server, 'member.created')
    expect(event).toMatchObject({
      actor: { type: 'credential' },
      target: { type: 'member', id: member.id },
      changes: {
        email: { from: null, to: member.email },
        privileges: { from: null, to: { count: 1, added: ['audit.view'] } },
      },
    })
    expect(JSON.stringify(event)).not.toContain(code)
  })

  it('a change is audited in the member’s organization', async () => {
    const { id } = await createOrganization(server, 'Logged')
    const { member } = await invitePerson(server, { organizationId: id })
    await change(member.id, { privileges: ['audit.view'], active: false }, id)
    const [event] = await listAuditEvents(server, 'member.updated', id)
    expect(event).toMatchObject({
      organizationId: id,
      target: { type: 'member', id: member.id },
      changes: {
        privileges: { from: { count: 0, removed: [] }, to: { count: 1, added: ['audit.view'] } },
        status: { from: 'invited', to: 'deactivated' },
      },
    })
  })

  it('a rejected change is not audited', async () => {
    const person = await addPerson(server, { privileges: ['members.manage'] })
    const before = (await listAuditEvents(server, 'member.updated')).length
    await person.send('PATCH', `/v1/members/${person.id}`, { body: { privileges: privilegeNames } })
    expect(await listAuditEvents(server, 'member.updated')).toHaveLength(before)
  })
})
