/** Every action of the audit log, with a description of the event in English. */
export const auditActions = {
  'setup.started': 'Created a setup code',
  'setup.completed': 'Completed the setup',
  'organization.created': 'Created an organization',
  'organization.updated': 'Updated an organization',
  'organization.keys_destroyed': 'Destroyed the encryption keys of an organization',
  'member.created': 'Added a member',
  'member.updated': 'Updated a member',
  'member.invited': 'Created a new invitation for a member',
  'member.joined': 'Accepted an invitation',
  'member.password_changed': 'Changed a password',
  'member.totp_started': 'Started two-factor setup',
  'member.totp_enabled': 'Enabled two-factor authentication',
  'member.totp_removed': 'Disabled two-factor authentication',
  'session.created': 'Signed in',
  'session.ended': 'Signed out',
  'api.created': 'Created an API',
  'api.updated': 'Updated an API',
  'credential.created': 'Created a credential',
  'credential.updated': 'Updated a credential',
  'credential.revoked': 'Revoked a credential',
  'token.revoked': 'Revoked a token',
  'signing_key.created': 'Created a signing key',
  'signing_key.rotated': 'Rotated a signing key',
  'signing_key.destroyed': 'Destroyed a retired signing key',
  'root_key.rotated': 'Rotated the root key',
  'root_key.retired': 'Retired the previous root key',
  'organization_key.rotated': 'Rotated the encryption keys of organizations',
  'organization_key.destroyed': 'Destroyed a retired encryption key of an organization',
  'integration.created': 'Created an integration',
  'integration.updated': 'Updated an integration',
  'integration.deleted': 'Deleted an integration',
  'connection.created': 'Added credentials to a connection',
  'connection.updated': 'Updated the credentials of a connection',
  'connection.deleted': 'Deleted a connection',
  'connection.tested': 'Tested a connection',
  'connection.authorization_started': 'Started the consent for a connection',
  'connection.authorized': 'Completed the consent for a connection',
  'connection.token_fetched': 'Fetched a new token for a connection',
  'connection.token_refused': 'Token request for a connection was rejected',
  'authentication.refused': 'Authentication was rejected',
} as const

/** An action of {@link auditActions}. */
export type AuditAction = keyof typeof auditActions

/** Every audit action. */
export const auditActionNames: readonly string[] = Object.keys(auditActions)
