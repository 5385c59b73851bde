import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrganization } from '../../../../../test/support/credentials.ts'
import { addPerson, invitePerson } from '../../../../../test/support/people.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'

let server: TestServer
let organizationId: string
beforeAll(async () => {
  server = await startTestServer()
  organizationId = (await createOrganization(server, 'Grantors')).id
})
afterAll(() => server.close())

const add = (name: string, ...privileges: string[]) =>
  addPerson(server, { organizationId, name, privileges })

describe('does', () => {
  it('returns the names of active members who manage members and have the privilege, sorted', async () => {
    const asking = await add('Zoe')
    await add('Grace', 'members.manage', 'credentials.view')
    await add('Ada', 'members.manage', 'credentials.view', 'audit.view')
    await add('Only Members', 'members.manage')
    await add('Only Credentials', 'credentials.view')
    const gone = await add('Gone', 'members.manage', 'credentials.view')
    await server.send('PATCH', `/v1/members/${gone.id}?organizationId=${organizationId}`, {
      body: { active: false },
    })
    const invited = ['members.manage', 'credentials.view']
    await invitePerson(server, { organizationId, name: 'Invited', privileges: invited })
    await addPerson(server, { name: 'Of the operator', privileges: invited })
    const whom = async (privilege: string) =>
      (await asking.send('GET', `/v1/session/grantors?privilege=${privilege}`)).body
    expect(await whom('credentials.view')).toStrictEqual({
      data: [{ name: 'Ada' }, { name: 'Grace' }],
      nextCursor: null,
    })
    expect((await whom('audit.view')).data).toStrictEqual([{ name: 'Ada' }])
    expect((await whom('apis.manage')).data).toStrictEqual([])
    expect((await whom('members.manage')).data.map(({ name }: { name: string }) => name)).toEqual([
      'Ada',
      'Grace',
      'Only Members',
    ])
  })

  it('returns at most ten names', async () => {
    const { id } = await createOrganization(server, 'Many')
    const privileges = ['members.manage']
    for (let index = 0; index < 11; index += 1) {
      await addPerson(server, { organizationId: id, name: `Manager ${index}`, privileges })
    }
    const asking = await addPerson(server, { organizationId: id })
    const { body } = await asking.send('GET', '/v1/session/grantors?privilege=members.manage')
    expect(body.data).toHaveLength(10)
  })
})

describe('rejects', () => {
  it('an unknown, empty or missing privilege, and an anonymous caller, are rejected', async () => {
    for (const query of ['?privilege=CREDENTIAL_READ', '?privilege=', '']) {
      expect((await server.send('GET', `/v1/session/grantors${query}`)).status).toBe(400)
    }
    const path = '/v1/session/grantors?privilege=audit.view'
    expect((await server.send('GET', path, { as: null })).status).toBe(401)
  })
})
