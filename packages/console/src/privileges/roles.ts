import { type Privilege, privilegeNames } from '@keyporter/contract'

export type RoleName = 'owner' | 'admin' | 'developer' | 'auditor' | 'support'

/** Predefined sets of privileges. Roles exist in the console only: the server stores privileges. */
export const roles: Readonly<Record<RoleName, readonly Privilege[]>> = {
  owner: privilegeNames,
  admin: privilegeNames.filter((name) => name !== 'organization.manage' && name !== 'apis.manage'),
  developer: [
    'credentials.view',
    'credentials.manage',
    'integrations.view',
    'integrations.manage',
    'webhooks.manage',
  ],
  auditor: ['credentials.view', 'integrations.view', 'audit.view'],
  support: ['credentials.view', 'integrations.view'],
}

export const roleNames = Object.keys(roles).filter(isRoleName)

export function isRoleName(text: string): text is RoleName {
  return Object.hasOwn(roles, text)
}

/** Returns the role with exactly these privileges; undefined if there is none. */
export function roleOf(held: readonly Privilege[]): RoleName | undefined {
  return roleNames.find(
    (name) => roles[name].length === held.length && roles[name].every((one) => held.includes(one)),
  )
}
