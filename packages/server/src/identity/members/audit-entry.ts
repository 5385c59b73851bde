import type { AuditAction } from '@keyporter/contract'
import type { AuditEntry, Mutation } from '../../kernel/context.ts'
import type { Member } from './rows.ts'

/** What a change of a member leaves behind: an event in their organization's log, a change for the feed. */
export function memberAuditEntry(
  { id, name, organizationId }: Member,
  what: { readonly action: AuditAction } & Pick<AuditEntry, 'actor' | 'changes'>,
): Pick<Mutation<unknown>, 'audit' | 'changes'> {
  return {
    audit: { ...what, organizationId, target: { type: 'member', id, name } },
    changes: [{ kind: 'member.changed', organizationId, subjectId: id }],
  }
}
