import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContactsApi, createCredential } from './credentials.ts'
import {
  createConnectedIntegration,
  createConsentIntegration,
  createIntegration,
  createTokenFetchingIntegration,
  createUnreachableIntegration,
} from './integrations.ts'
import { addPerson, invitePerson, PASSWORD, type Person, signIn } from './people.ts'
import type { TestRequest, TestServer } from './server.ts'
import { enableTotp, startTotp, totpCode } from './totp.ts'

/** A call of an audited route that succeeds, and the audit entries that the route must record. */
export type AuditedCall = {
  readonly path: string
  readonly body?: object
  /** The caller. Default: the manager. */
  readonly who?: Pick<TestRequest, 'as' | 'cookie'>
  /**
   * The member who is the actor. Default: the manager. Undefined: the member is known only after
   * the call.
   */
  readonly actor?: { readonly type: 'member'; readonly id: string | undefined }
  /** The expected status. Default: the route's first success status. */
  readonly status?: number
  /** The expected actions. Default: the one action that the contract names. */
  readonly actions?: readonly string[]
  /** Texts that must not be in the log. */
  readonly secrets?: readonly string[]
}

/**
 * The calls of every route that the contract marks as audited, by operation. Each call creates its
 * own objects. If a route records one of several actions, `action` selects the action.
 */
export type AuditedCalls = Readonly<Record<string, (action: string) => Promise<AuditedCall>>>

let count = 0
const next = () => {
  count += 1
  return count
}

/** Returns the calls to a server that is set up. `fresh` is a server that is not set up. */
export function auditedCalls(server: TestServer, fresh: TestServer): AuditedCalls {
  const sending = async (method: string, path: string, body: object) => {
    const response = await server.send(method, path, { body })
    if (response.status >= 300) throw new Error(`${method} ${path}: ${response.text}`)
    return response.body
  }
  const newApi = () =>
    createContactsApi(server, { identifier: `https://api-${next()}.example.com` })
  const newCredential = async () => createCredential(server, { apiId: (await newApi()).id })
  const asMember = ({ id, cookie }: Person) => ({
    who: { as: null, cookie },
    actor: { type: 'member', id } as const,
    secrets: [cookie.split('=')[1] ?? '', PASSWORD],
  })

  return {
    createOrganization: async () => ({
      path: '/v1/organizations',
      body: { name: `Organization ${next()}` },
      // The log of the new organization records the event too.
      actions: ['organization.created', 'organization.created'],
    }),
    updateOrganization: async () => {
      const { id } = await sending('POST', '/v1/organizations', { name: `Renamed ${next()}` })
      return {
        path: `/v1/organizations/${id}`,
        body: { name: `Renamed ${next()}` },
        actions: ['organization.updated', 'organization.updated'],
      }
    },
    createMember: async () => ({
      path: '/v1/members',
      body: { email: `new-${next()}@example.org`, name: 'New', privileges: ['audit.view'] },
    }),
    updateMember: async () => {
      const { member } = await invitePerson(server)
      return { path: `/v1/members/${member.id}`, body: { privileges: ['audit.view'] } }
    },
    inviteMember: async () => {
      const { member } = await invitePerson(server)
      return { path: `/v1/members/${member.id}/invitation`, body: {} }
    },
    acceptInvitation: async () => {
      const { member, code } = await invitePerson(server)
      return {
        path: '/v1/invitations/accept',
        body: { code, password: PASSWORD },
        who: { as: null },
        actor: { type: 'member', id: member.id },
        secrets: [code, PASSWORD],
      }
    },
    setUp: async () => {
      const code = readFileSync(join(fresh.dataDirectory, 'setup-code'), 'utf8').trim()
      return {
        path: '/v1/setup',
        body: {
          code,
          organizationName: 'Acme',
          name: 'Ada',
          email: 'ada@example.org',
          password: PASSWORD,
        },
        who: { as: null },
        actor: { type: 'member', id: undefined },
        actions: [
          'setup.completed',
          'organization.created',
          'member.created',
          'api.created',
          'session.created',
        ],
        secrets: [code, PASSWORD],
      }
    },
    signIn: async () => {
      const { id, email } = await addPerson(server)
      return {
        path: '/v1/sessions',
        body: { email, password: PASSWORD },
        who: { as: null },
        actor: { type: 'member', id },
        secrets: [PASSWORD],
      }
    },
    endSession: async () => {
      const person = await addPerson(server)
      const other = await signIn(server, person.email)
      const { body } = await other.send('GET', '/v1/sessions')
      const elsewhere = body.data.find((session: { current: boolean }) => !session.current)
      return { path: `/v1/sessions/${elsewhere.id}`, ...asMember(person) }
    },
    signOut: async () => ({ path: '/v1/session', ...asMember(await addPerson(server)) }),
    changePassword: async () => ({
      path: '/v1/session/password',
      body: { currentPassword: PASSWORD, newPassword: 'another harbour 28 umbrella' },
      ...asMember(await addPerson(server)),
    }),
    removeMemberTotp: async () => {
      const person = await addPerson(server)
      const { secret, recoveryCodes } = await enableTotp(server, person)
      return {
        path: `/v1/members/${person.id}/totp/remove`,
        body: {},
        secrets: [secret, ...recoveryCodes],
      }
    },
    startTotp: async () => ({
      path: '/v1/session/totp',
      body: { currentPassword: PASSWORD },
      ...asMember(await addPerson(server)),
    }),
    confirmTotp: async () => {
      const person = await addPerson(server)
      const { secret } = await startTotp(person)
      return {
        path: '/v1/session/totp/confirm',
        body: { code: totpCode(secret, server.clock.now()) },
        ...asMember(person),
        secrets: [secret],
      }
    },
    removeTotp: async () => {
      const person = await addPerson(server)
      const { secret, recoveryCodes } = await enableTotp(server, person)
      return {
        path: '/v1/session/totp/remove',
        body: { currentPassword: PASSWORD },
        ...asMember(person),
        secrets: [secret, ...recoveryCodes, PASSWORD],
      }
    },
    updatePreferences: async () => ({
      path: '/v1/session',
      body: { theme: 'dark', timeZone: 'Europe/Berlin' },
      ...asMember(await addPerson(server)),
    }),
    createApi: async () => ({
      path: '/v1/apis',
      body: {
        name: 'Audited',
        identifier: `https://audited-${next()}.example.com`,
        permissions: [{ resource: 'EVENT', actions: ['read'] }],
      },
    }),
    updateApi: async () => ({
      path: `/v1/apis/${(await newApi()).id}`,
      body: { tokenTtlSeconds: 600 },
    }),
    importApi: async (action) => ({
      path: '/v1/apis/import',
      body: {
        ...(action === 'api.created'
          ? { identifier: `https://api-${next()}.example.com` }
          : { apiId: (await newApi()).id }),
        openapi: {
          openapi: '3.1.0',
          info: { title: 'Imported', version: '1' },
          paths: { '/ships': { get: { 'x-keyporter-permission': 'SHIP_READ', responses: {} } } },
        },
        apply: true,
      },
    }),
    createCredential: async () => ({
      path: '/v1/credentials',
      body: { name: 'Audited', permissions: 'all', apiId: (await newApi()).id },
    }),
    updateCredential: async () => {
      const { id, clientSecret } = await newCredential()
      return {
        path: `/v1/credentials/${id}`,
        body: { notes: 'Changed' },
        secrets: [clientSecret],
      }
    },
    revokeCredential: async () => {
      const { id, clientSecret } = await newCredential()
      return {
        path: `/v1/credentials/${id}/revoke`,
        body: { reason: 'Audited' },
        secrets: [clientSecret],
      }
    },
    rotateEncryptionKeys: async (action) => {
      if (action === 'organization_key.rotated')
        return {
          path: '/v1/encryption-keys/rotate',
          body: { scope: 'organizations', organizationId: server.operatorId },
        }
      server.program.systemContext('').rootEncryption.addKey(randomBytes(32))
      return { path: '/v1/encryption-keys/rotate', body: { scope: 'root' } }
    },
    destroyEncryptionKeys: async () => {
      const slug = `shredded-${next()}`
      const { id } = await sending('POST', '/v1/organizations', { name: 'Shredded', slug })
      return {
        path: '/v1/encryption-keys/destroy',
        body: { organizationId: id, confirm: slug },
        // The log of that organization records the event too.
        actions: ['organization.keys_destroyed', 'organization.keys_destroyed'],
      }
    },
    createIntegration: async () => ({
      path: '/v1/integrations',
      body: {
        name: 'Audited',
        baseUrl: 'https://api.example.com',
        contentType: 'json',
        headers: [{ name: 'X-Key', value: 'a-secret-header', secret: true }],
      },
      secrets: ['a-secret-header'],
    }),
    updateIntegration: async () => ({
      path: `/v1/integrations/${(await createConnectedIntegration(server)).id}`,
      // A new origin removes the secrets of the integration's connections.
      body: { baseUrl: `https://api-${next()}.example.com` },
      secrets: ['token-of-the-tests'],
    }),
    deleteIntegration: async () => ({
      path: `/v1/integrations/${(await createConnectedIntegration(server)).id}`,
    }),
    putConnection: async (action) => {
      const isNew = action === 'connection.created'
      const { id } = await (isNew ? createIntegration(server) : createConnectedIntegration(server))
      const [token, value] = ['another-token-of-the-tests', 'another-secret-header']
      return {
        path: `/v1/integrations/${id}/connections/shared`,
        body: {
          auth: { kind: 'bearer', token },
          headers: [{ name: 'X-Key', value, secret: true }],
        },
        ...(isNew ? { status: 201 } : {}),
        secrets: [token, value, 'token-of-the-tests'],
      }
    },
    authorizeConnection: async () => ({
      path: `/v1/integrations/${(await createConsentIntegration(server)).id}/connections/shared/authorize`,
      body: {},
      secrets: ['secret-of-the-tests'],
    }),
    fetchConnectionToken: async () => ({
      path: `/v1/integrations/${(await createTokenFetchingIntegration(server)).id}/connections/shared/token`,
      body: {},
      secrets: ['secret-of-the-tests'],
    }),
    testCall: async () => ({
      path: `/v1/integrations/${(await createUnreachableIntegration(server)).id}/test`,
      body: { method: 'GET', path: '/' },
      secrets: ['token-of-the-tests'],
    }),
    deleteConnection: async () => ({
      path: `/v1/integrations/${(await createConnectedIntegration(server)).id}/connections/shared`,
    }),
    rotateSigningKey: async () => ({
      path: '/v1/signing-keys/rotate',
      body: { immediately: true },
    }),
  }
}
