import type { Privilege } from '@keyporter/contract'

/** The displayed privileges, in groups. `webhooks.manage` is missing: webhooks are not available yet. */
export const privilegeGroups = [
  { name: 'credentials', privileges: ['credentials.view', 'credentials.manage'] },
  { name: 'integrations', privileges: ['integrations.view', 'integrations.manage'] },
  {
    name: 'administration',
    privileges: ['members.manage', 'audit.view', 'apis.manage', 'organization.manage'],
  },
] as const satisfies readonly {
  readonly name: string
  readonly privileges: readonly Privilege[]
}[]

export type PrivilegeGroupName = (typeof privilegeGroups)[number]['name']

export type DisplayedPrivilege = (typeof privilegeGroups)[number]['privileges'][number]

/** Returns the displayed ones of these privileges, in display order. */
export function displayedPrivileges(held: readonly Privilege[]): readonly DisplayedPrivilege[] {
  return privilegeGroups.flatMap(({ privileges }) => privileges).filter((one) => held.includes(one))
}
