import type { AuditAction } from '@keyporter/contract'
import type { AuditEntry, Context, Mutation } from '../../kernel/context.ts'
import type { Organization } from './rows.ts'

/**
 * What a change of an organization leaves behind: an audit event in the log of whoever made it and, if
 * that is another one, in the log of the organization that it concerns; and a change for the feed.
 */
export function organizationAuditEntry(
  ctx: Context,
  { id, name }: Organization,
  what: { readonly action: AuditAction; readonly changes?: NonNullable<AuditEntry['changes']> },
): Pick<Mutation<unknown>, 'audit' | 'changes'> {
  const entry = { ...what, target: { type: 'organization', id, name } }
  const own = { ...entry, organizationId: ctx.organizationId }
  return {
    audit: id === ctx.organizationId ? own : [own, { ...entry, organizationId: id }],
    changes: [{ kind: 'organization.changed', organizationId: id, subjectId: id }],
  }
}
