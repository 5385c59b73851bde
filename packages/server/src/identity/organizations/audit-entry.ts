import type { AuditEntry, Context, Mutation } from '../../kernel/context.ts'
import type { Organization } from './rows.ts'

type OrganizationEvent = Pick<
  Extract<AuditEntry, { readonly affected?: never }>,
  'action' | 'changes'
>

/**
 * Returns the audit entries of a change of an organization: one in the log of the caller's organization and, for
 * another organization, one in the log of that organization.
 */
export function organizationAuditEntry(
  ctx: Context,
  { id, name }: Organization,
  event: OrganizationEvent,
): Mutation<unknown>['audit'] {
  const entry = { ...event, target: { type: 'organization', id, name } }
  const own = { ...entry, organizationId: ctx.organizationId }
  return id === ctx.organizationId ? own : [own, { ...entry, organizationId: id }]
}
