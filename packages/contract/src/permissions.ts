import { type PermissionAction, permissionScope } from '@keyporter/protocol'

/**
 * The permissions of the built-in API `keyporter`, which protects the management API, and the member
 * privileges, which are named sets of these permissions. Members and credentials use the same checks.
 */

/** Resources of the built-in API and their actions. */
export const builtInResources = {
  ORGANIZATION: ['read', 'write'],
  MEMBER: ['read', 'write', 'delete'],
  API: ['read', 'write', 'delete'],
  CREDENTIAL: ['read', 'write', 'delete'],
  INTEGRATION: ['read', 'write', 'delete'],
  CONNECTION: ['read', 'write', 'delete'],
  WEBHOOK: ['read', 'write', 'delete'],
  EVENT: ['read', 'write'],
  SIGNING_KEY: ['read', 'write'],
  AUDIT: ['read'],
  USAGE: ['read'],
  TOKEN: ['read'],
  CALL: ['write'],
  PORTAL: ['write'],
} as const satisfies Record<string, readonly PermissionAction[]>

type BuiltInResources = typeof builtInResources

/** A permission of the built-in API, such as `CREDENTIAL_READ`. */
export type ManagementPermission = {
  [R in keyof BuiltInResources]: `${R}_${Uppercase<BuiltInResources[R][number]>}`
}[keyof BuiltInResources]

/** The privileges of members, with the permissions that each one grants. */
export const privileges = {
  'credentials.view': ['CREDENTIAL_READ', 'USAGE_READ', 'API_READ'],
  'credentials.manage': ['CREDENTIAL_WRITE', 'CREDENTIAL_DELETE', 'API_READ'],
  'integrations.view': ['INTEGRATION_READ', 'CONNECTION_READ'],
  'integrations.manage': [
    'INTEGRATION_WRITE',
    'INTEGRATION_DELETE',
    'CONNECTION_WRITE',
    'CONNECTION_DELETE',
    'CALL_WRITE',
  ],
  'webhooks.manage': [
    'WEBHOOK_READ',
    'WEBHOOK_WRITE',
    'WEBHOOK_DELETE',
    'EVENT_READ',
    'EVENT_WRITE',
  ],
  'members.manage': ['MEMBER_READ', 'MEMBER_WRITE', 'MEMBER_DELETE'],
  'audit.view': ['AUDIT_READ'],
  'apis.manage': [
    'API_READ',
    'API_WRITE',
    'API_DELETE',
    'TOKEN_READ',
    'SIGNING_KEY_READ',
    'SIGNING_KEY_WRITE',
  ],
  'organization.manage': ['ORGANIZATION_READ', 'ORGANIZATION_WRITE', 'PORTAL_WRITE'],
} as const satisfies Record<string, readonly ManagementPermission[]>

/** The name of a privilege. */
export type Privilege = keyof typeof privileges

/** Every privilege, in display order. */
export const privilegeNames = Object.keys(privileges).filter(isPrivilege)

/** Whether the text is a privilege name. Case-sensitive. */
export function isPrivilege(text: string): text is Privilege {
  return Object.hasOwn(privileges, text)
}

/** Every permission of the built-in API. */
export const managementPermissions: readonly string[] = Object.entries(builtInResources).flatMap(
  ([resource, offered]) => offered.map((action) => permissionScope({ resource, action })),
)

/** Returns the permissions that a set of privileges grants. */
export function permissionsOf(held: Iterable<Privilege>): Set<string> {
  return new Set([...held].flatMap((privilege) => privileges[privilege]))
}
