import * as apis from './apis.ts'
import * as auditEvents from './audit-log.ts'
import * as calls from './calls.ts'
import * as connections from './connections.ts'
import * as credentials from './credentials.ts'
import * as encryptionKeys from './encryption-keys.ts'
import * as integrations from './integrations.ts'
import * as members from './members.ts'
import * as organizations from './organizations.ts'
import type { Route } from './route.ts'
import * as sessions from './sessions.ts'
import * as signingKeys from './signing-keys.ts'
import * as verification from './verification.ts'

/** Every route of the management API, keyed by resource and method name. */
export const routes = {
  organizations: {
    list: organizations.list,
    create: organizations.create,
    get: organizations.get,
    update: organizations.update,
  },
  members: {
    list: members.list,
    create: members.create,
    get: members.get,
    update: members.update,
    invite: members.invite,
    removeTotp: members.removeTotp,
    acceptInvitation: members.acceptInvitation,
  },
  sessions: {
    setupState: sessions.setupState,
    setup: sessions.setup,
    signIn: sessions.signIn,
    list: sessions.list,
    end: sessions.end,
    current: sessions.current,
    updatePreferences: sessions.updatePreferences,
    grantors: sessions.grantors,
    signOut: sessions.signOut,
    changePassword: sessions.changePassword,
    startTotp: sessions.startTotp,
    confirmTotp: sessions.confirmTotp,
    removeTotp: sessions.removeTotp,
  },
  apis: {
    list: apis.list,
    create: apis.create,
    get: apis.get,
    update: apis.update,
    import: apis.importDocument,
  },
  credentials: {
    list: credentials.list,
    create: credentials.create,
    get: credentials.get,
    update: credentials.update,
    revoke: credentials.revoke,
    usage: credentials.usage,
  },
  integrations: {
    list: integrations.list,
    create: integrations.create,
    get: integrations.get,
    update: integrations.update,
    remove: integrations.remove,
  },
  connections: {
    list: connections.list,
    put: connections.put,
    remove: connections.remove,
    authorize: connections.authorize,
    fetchToken: connections.fetchToken,
  },
  calls: { sign: calls.sign, test: calls.test },
  verification: { verify: verification.verify },
  auditEvents: { list: auditEvents.list, verify: auditEvents.verify },
  encryptionKeys: {
    status: encryptionKeys.status,
    rotate: encryptionKeys.rotate,
    destroy: encryptionKeys.destroy,
  },
  signingKeys: { list: signingKeys.list, rotate: signingKeys.rotate },
} as const satisfies Record<string, Record<string, Route>>

/** Every route of the management API, as a list. */
export const routeList: readonly Route[] = Object.values(routes).flatMap((resource) =>
  Object.values<Route>(resource),
)
