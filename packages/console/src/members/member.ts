import type { Privilege, ResponseBody, routes } from '@keyporter/contract'
import { catalogue } from '../messages/catalogue.ts'
import { displayedPrivileges } from '../privileges/groups.ts'
import { roleOf } from '../privileges/roles.ts'
import messages from './messages.json'

const text = catalogue(messages)

export type Member = ResponseBody<typeof routes.members.get>

/** Returns the role of a member or, without a matching role, the number of privileges. */
export function describePrivileges(held: readonly Privilege[]): string {
  const role = roleOf(held)
  if (role !== undefined) return text(`role.${role}`)
  return text('privilegeCount', { count: displayedPrivileges(held).length })
}
