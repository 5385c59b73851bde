/** The kinds of record in the change feed, from which every node invalidates its caches. */
export type ChangeKind =
  | 'organization.changed'
  | 'member.changed'
  | 'api.changed'
  | 'credential.created'
  | 'credential.changed'
  | 'credential.revoked'
  | 'token.revoked'
  | 'signing_keys.changed'
  | 'integration.changed'
  | 'connection.changed'
  | 'upstream_token.changed'
  | 'organization_keys.changed'
  | 'root_key.changed'

/** The consequences of one audit action. */
export type EventType = {
  /** The event in English. */
  readonly description: string
  /** The change record of the target of the audit entry, or the reason why no cache depends on the action. */
  readonly change: ChangeKind | { readonly none: string }
  /** Change records of further subjects: the audit entry lists their ids in `affected`. */
  readonly affects?: readonly ChangeKind[]
  /** The public event type, or the reason why the action is not published. */
  readonly event: string | { readonly none: string }
}

const SETUP = { none: 'there is no subscriber during setup' } as const
const SIGN_IN = { none: 'sign-in is private to the organization: the audit log shows it' } as const
const KEYS = {
  none: 'encryption and signing keys belong to the operator of the installation',
} as const
const UNCHANGED = { none: 'the action changes neither the connection nor its credentials' } as const

/**
 * Every audit action: its change record and its public event type. A new action is declared here and nowhere else.
 * `ctx.mutate` of the server derives the change records from this table; no other code writes them.
 */
export const eventTypes = {
  'setup.started': {
    description: 'Created a setup code',
    change: { none: 'setup codes are read from the store' },
    event: SETUP,
  },
  'setup.completed': {
    description: 'Completed the setup',
    change: 'organization.changed',
    event: SETUP,
  },
  'organization.created': {
    description: 'Created an organization',
    change: 'organization.changed',
    event: 'organization.created',
  },
  'organization.updated': {
    description: 'Updated an organization',
    change: 'organization.changed',
    event: 'organization.updated',
  },
  'organization.keys_destroyed': {
    description: 'Destroyed the encryption keys of an organization',
    change: 'organization_keys.changed',
    affects: ['connection.changed'],
    event: KEYS,
  },
  'member.created': {
    description: 'Added a member',
    change: 'member.changed',
    event: 'member.created',
  },
  'member.updated': {
    description: 'Updated a member',
    change: 'member.changed',
    event: 'member.updated',
  },
  'member.invited': {
    description: 'Created a new invitation for a member',
    change: 'member.changed',
    event: 'member.invited',
  },
  'member.joined': {
    description: 'Accepted an invitation',
    change: 'member.changed',
    event: 'member.joined',
  },
  'member.password_changed': {
    description: 'Changed a password',
    change: 'member.changed',
    event: SIGN_IN,
  },
  'member.totp_started': {
    description: 'Started two-factor setup',
    change: 'member.changed',
    event: SIGN_IN,
  },
  'member.totp_enabled': {
    description: 'Enabled two-factor authentication',
    change: 'member.changed',
    event: SIGN_IN,
  },
  'member.totp_removed': {
    description: 'Disabled two-factor authentication',
    change: 'member.changed',
    event: SIGN_IN,
  },
  'session.created': {
    description: 'Signed in',
    change: { none: 'sessions are read from the store' },
    event: SIGN_IN,
  },
  'session.ended': {
    description: 'Signed out',
    change: { none: 'sessions are read from the store' },
    event: SIGN_IN,
  },
  'api.created': {
    description: 'Created an API',
    change: 'api.changed',
    event: 'api.created',
  },
  'api.updated': {
    description: 'Updated an API',
    change: 'api.changed',
    event: 'api.updated',
  },
  'credential.created': {
    description: 'Created a credential',
    change: 'credential.created',
    event: 'credential.created',
  },
  'credential.updated': {
    description: 'Updated a credential',
    change: 'credential.changed',
    event: 'credential.updated',
  },
  'credential.revoked': {
    description: 'Revoked a credential',
    change: 'credential.revoked',
    event: 'credential.revoked',
  },
  'token.revoked': {
    description: 'Revoked a token',
    change: 'token.revoked',
    event: 'token.revoked',
  },
  'signing_key.created': {
    description: 'Created a signing key',
    change: 'signing_keys.changed',
    event: KEYS,
  },
  'signing_key.rotated': {
    description: 'Rotated a signing key',
    change: 'signing_keys.changed',
    event: KEYS,
  },
  'signing_key.destroyed': {
    description: 'Destroyed a retired signing key',
    change: 'signing_keys.changed',
    event: KEYS,
  },
  'root_key.rotated': {
    description: 'Rotated the root key',
    change: 'root_key.changed',
    event: KEYS,
  },
  'root_key.retired': {
    description: 'Retired the previous root key',
    change: 'root_key.changed',
    event: KEYS,
  },
  'organization_key.rotated': {
    description: 'Rotated the encryption keys of organizations',
    change: 'organization_keys.changed',
    event: KEYS,
  },
  'organization_key.destroyed': {
    description: 'Destroyed a retired encryption key of an organization',
    change: 'organization_keys.changed',
    event: KEYS,
  },
  'integration.created': {
    description: 'Created an integration',
    change: 'integration.changed',
    event: 'integration.created',
  },
  'integration.updated': {
    description: 'Updated an integration',
    change: 'integration.changed',
    affects: ['connection.changed'],
    event: 'integration.updated',
  },
  'integration.deleted': {
    description: 'Deleted an integration',
    change: 'integration.changed',
    event: 'integration.deleted',
  },
  'connection.created': {
    description: 'Created a connection',
    change: 'connection.changed',
    affects: ['integration.changed'],
    event: 'connection.created',
  },
  'connection.updated': {
    description: 'Updated the credentials of a connection',
    change: 'connection.changed',
    event: 'connection.updated',
  },
  'connection.deleted': {
    description: 'Deleted a connection',
    change: 'connection.changed',
    affects: ['integration.changed'],
    event: 'connection.deleted',
  },
  'connection.tested': {
    description: 'Tested a connection',
    change: 'connection.changed',
    event: UNCHANGED,
  },
  'connection.authorization_started': {
    description: 'Started the consent for a connection',
    change: { none: 'consents are read from the store' },
    event: UNCHANGED,
  },
  'connection.authorized': {
    description: 'Completed the consent for a connection',
    change: 'upstream_token.changed',
    affects: ['connection.changed'],
    event: 'connection.authorized',
  },
  'connection.token_fetched': {
    description: 'Fetched a new token for a connection',
    change: 'upstream_token.changed',
    affects: ['connection.changed'],
    event: 'connection.token_fetched',
  },
  'connection.token_refused': {
    description: 'Token request for a connection was rejected',
    change: 'connection.changed',
    affects: ['upstream_token.changed'],
    event: 'connection.token_refused',
  },
  'authentication.refused': {
    description: 'Authentication was rejected',
    change: { none: 'a rejection changes nothing' },
    event: SIGN_IN,
  },
} as const satisfies Readonly<Record<string, EventType>>

/** An action of {@link eventTypes}. */
export type AuditAction = keyof typeof eventTypes

/** The change records that an action writes for further subjects. */
export type AffectedChange<A extends AuditAction> = (typeof eventTypes)[A] extends {
  readonly affects: readonly (infer K extends ChangeKind)[]
}
  ? K
  : never

/** Every audit action, in the order of the table. */
export const auditActionNames: readonly [AuditAction, ...AuditAction[]] = listActions()

function listActions(): [AuditAction, ...AuditAction[]] {
  // safe because these are the keys of a table that is not empty
  return Object.keys(eventTypes) as [AuditAction, ...AuditAction[]]
}
