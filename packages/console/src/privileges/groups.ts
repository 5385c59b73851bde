import type { Privilege } from '@keyporter/contract'

/** The privileges, grouped for display. */
export const privilegeGroups = [
  { name: 'credentials', privileges: ['credentials.view', 'credentials.manage'] },
  {
    name: 'integrations',
    privileges: ['integrations.view', 'integrations.manage', 'webhooks.manage'],
  },
  {
    name: 'administration',
    privileges: ['members.manage', 'audit.view', 'apis.manage', 'organization.manage'],
  },
] as const satisfies readonly {
  readonly name: string
  readonly privileges: readonly Privilege[]
}[]

export type PrivilegeGroupName = (typeof privilegeGroups)[number]['name']
