import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  createOrganization,
  requestToken,
} from '../../../../../test/support/credentials.ts'
import { addPerson } from '../../../../../test/support/people.ts'
import {
  startTestServer,
  type TestRequest,
  type TestResponse,
  type TestServer,
} from '../../../../../test/support/server.ts'
import { grantableScopes } from './rules.ts'

type Send = (method: string, path: string, options?: TestRequest) => Promise<TestResponse>
type Api = { readonly id: string; readonly scopes: string[]; readonly grantable: string[] }

let server: TestServer
let contactsId: string
let builtInId: string
let other: Awaited<ReturnType<typeof createOrganization>>

beforeAll(async () => {
  server = await startTestServer()
  contactsId = (await createContactsApi(server)).id
  builtInId = (await server.send('GET', '/v1/apis?slug=keyporter')).body.data[0].id
  other = await createOrganization(server, 'Other')
  await server.send('PATCH', `/v1/organizations/${other.id}`, {
    body: { policy: { permissionCeiling: ['CONTACT_READ', 'CREDENTIAL_READ', 'MEMBER_READ'] } },
  })
})
afterAll(() => server.close())

const own = ['API_READ', 'CREDENTIAL_READ', 'CREDENTIAL_WRITE']

/** Callers with some of the permissions of the built-in API. */
const callers: readonly (readonly [who: string, make: () => Promise<Send>])[] = [
  [
    'a member',
    async () =>
      (await addPerson(server, { privileges: ['credentials.view', 'credentials.manage'] })).send,
  ],
  [
    'a credential',
    async () => {
      const as = await createCredential(server, { apiId: builtInId, permissions: own })
      return (method, path, options = {}) => server.send(method, path, { ...options, as })
    },
  ],
  [
    'a token of less than its credential',
    async () => {
      const scope = own.join(' ')
      const as = await requestToken(server, server.manager, { scope })
      return (method, path, options = {}) => server.send(method, path, { ...options, as })
    },
  ],
]

describe('does', () => {
  it('all scopes of an API are grantable; of the built-in API only the caller’s own', () => {
    const api = { builtIn: false, scopes: ['A_READ', 'B_READ', 'C_READ'] }
    const held = new Set(['C_READ', 'A_READ', 'D_READ'])
    expect(grantableScopes(api, { held, ceiling: null })).toEqual(['A_READ', 'B_READ', 'C_READ'])
    const builtIn = { ...api, builtIn: true }
    expect(grantableScopes(builtIn, { held, ceiling: null })).toEqual(['A_READ', 'C_READ'])
    expect(grantableScopes(builtIn, { held, ceiling: ['C_READ', 'B_READ'] })).toEqual(['C_READ'])
    expect(grantableScopes(api, { held, ceiling: ['C_READ', 'B_READ'] })).toEqual([
      'B_READ',
      'C_READ',
    ])
  })

  it.each(callers)('%s can grant exactly the scopes in `grantable`', async (_, make) => {
    const send = await make()
    const listed: Api[] = (await send('GET', '/v1/apis')).body.data
    const builtIn = listed.find(({ id }) => id === builtInId)
    const contacts = listed.find(({ id }) => id === contactsId)
    if (builtIn === undefined || contacts === undefined) throw new Error('not listed')
    expect(contacts.grantable).toEqual(contacts.scopes)
    expect(builtIn.grantable).toEqual(expect.arrayContaining(own))
    expect(builtIn.grantable).not.toContain('MEMBER_READ')
    for (const api of [builtIn, contacts]) {
      const changed = await createCredential(server, {
        apiId: api.id,
        permissions: api.scopes.slice(0, 1),
      })
      for (const permission of api.scopes) {
        const permissions = [permission]
        const created = await send('POST', '/v1/credentials', {
          body: { name: 'Test', apiId: api.id, permissions },
        })
        const updated = await send('PATCH', `/v1/credentials/${changed.id}`, {
          body: { permissions: [...api.scopes.slice(0, 1), permission] },
        })
        const isHeld = permission === api.scopes[0]
        if (api.grantable.includes(permission)) {
          expect([created.status, updated.status]).toEqual([201, 200])
        } else {
          expect([created.status, created.body.code]).toEqual([403, 'cannot_grant'])
          expect(created.body.requiredPermissions).toEqual(permissions)
          // Keeping an existing permission is not granting it.
          expect(updated.body.code).toBe(isHeld ? undefined : 'cannot_grant')
        }
      }
      expect((await send('GET', `/v1/apis/${api.id}`)).body.grantable).toEqual(api.grantable)
    }
  })

  it('the ceiling of the organization limits `grantable`', async () => {
    const acting = `organizationId=${other.id}`
    for (const [id, expected] of [
      [builtInId, ['CREDENTIAL_READ', 'MEMBER_READ']],
      [contactsId, ['CONTACT_READ']],
    ] as const) {
      const { grantable, scopes }: Api = (await server.send('GET', `/v1/apis/${id}?${acting}`)).body
      expect(grantable.toSorted()).toEqual(expected)
      for (const permission of scopes) {
        const { status, body } = await server.send('POST', `/v1/credentials?${acting}`, {
          body: { name: 'Test', apiId: id, permissions: [permission] },
        })
        if (grantable.includes(permission)) expect(status).toBe(201)
        else expect([status, body.errors[0].code]).toEqual([400, 'above_ceiling'])
      }
    }
  })

  it('a created or updated API includes `grantable`', async () => {
    const changes = { identifier: 'https://new.example.com' }
    const { id } = await createContactsApi(server, changes)
    const { body } = await server.send('PATCH', `/v1/apis/${id}`, {
      body: { operations: [], permissions: [{ resource: 'EVENT', actions: ['read'] }] },
    })
    expect(body.grantable).toEqual(['EVENT_READ'])
  })
})
