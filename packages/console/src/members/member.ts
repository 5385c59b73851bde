import type { Answer, Privilege, routes } from '@keyporter/contract'
import { catalogue } from '../messages/catalogue.ts'
import { roleOf } from '../privileges/roles.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** A person in an organization. */
export type Member = Answer<typeof routes.members.get>

/** What somebody may do, in a word or two: their role, or how many privileges they have. */
export function describePrivileges(held: readonly Privilege[]): string {
  const role = roleOf(held)
  return role === undefined ? text('privilegeCount', { count: held.length }) : text(`role.${role}`)
}
