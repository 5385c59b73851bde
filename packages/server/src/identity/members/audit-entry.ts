import type { AuditEntry } from '../../kernel/context.ts'
import type { Member } from './rows.ts'

type MemberEvent = Pick<
  Extract<AuditEntry, { readonly affected?: never }>,
  'action' | 'actor' | 'changes'
>

/** Returns the audit entry of a change of a member, in the log of the member's organization. */
export function memberAuditEntry(
  { id, name, organizationId }: Member,
  event: MemberEvent,
): AuditEntry {
  return { ...event, organizationId, target: { type: 'member', id, name } }
}
