import { auditedFields } from '@keyporter/contract'
import { describeChange } from '../../kernel/audit-diff.ts'
import type { AuditEntry } from '../../kernel/context.ts'
import { toMember } from './presenter.ts'
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

/** Returns the audit entry of a new member. */
export function auditMemberCreated(member: Member, actor?: AuditEntry['actor']): AuditEntry {
  return memberAuditEntry(member, {
    action: 'member.created',
    changes: describeChange(undefined, toMember(member), auditedFields.member),
    ...(actor === undefined ? {} : { actor }),
  })
}
