/** Every action that the audit log knows, with the sentence that the console shows for it. */
export const auditActions = {
  'setup.started': 'Made a code to set Keyporter up',
  'setup.completed': 'Set Keyporter up',
  'organization.created': 'Created an organization',
  'organization.updated': 'Changed an organization',
  'organization.keys_destroyed': 'Destroyed the keys of an organization',
  'member.created': 'Added a member',
  'member.updated': 'Changed a member',
  'member.invited': 'Made a new invitation for a member',
  'member.joined': 'Accepted an invitation',
  'member.password_changed': 'Changed a password',
  'member.totp_started': 'Began to set one-time codes up',
  'member.totp_enabled': 'Switched one-time codes on',
  'member.totp_removed': 'Switched one-time codes off',
  'session.created': 'Signed in',
  'session.ended': 'Signed out',
  'api.created': 'Created an api',
  'api.updated': 'Changed an api',
  'credential.created': 'Created a credential',
  'credential.updated': 'Changed a credential',
  'credential.revoked': 'Revoked a credential',
  'token.revoked': 'Revoked a token',
  'signing_key.created': 'Created a signing key',
  'signing_key.rotated': 'Rotated a signing key',
  'signing_key.destroyed': 'Destroyed a retired signing key',
  'root_key.rotated': 'Rotated the root key',
  'root_key.retired': 'Retired the root key before the present one',
  'organization_key.rotated': 'Rotated the keys of organizations',
  'organization_key.destroyed': 'Destroyed a retired key of an organization',
  'integration.created': 'Added an integration',
  'integration.updated': 'Changed an integration',
  'integration.deleted': 'Deleted an integration',
  'connection.created': 'Gave values to an integration',
  'connection.updated': 'Changed the values of an integration',
  'connection.deleted': 'Deleted the values of an integration',
  'connection.tested': 'Tested an integration',
  'connection.authorization_started': 'Began to connect an integration',
  'connection.authorized': 'Connected an integration',
  'connection.token_fetched': 'Fetched a new token for an integration',
  'connection.token_refused': 'Was refused a token for an integration',
  'authentication.refused': 'Was refused authentication',
} as const

/** An action of the table. */
export type AuditAction = keyof typeof auditActions

/** The actions, as a list with at least one entry. */
export const auditActionNames: readonly string[] = Object.keys(auditActions)
