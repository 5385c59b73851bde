import type { Organization } from '../identity/organizations/index.ts'
import type { AuditEntry, Context, Mutation } from '../kernel/context.ts'

type KeysEvent =
  | Pick<Extract<AuditEntry, { action: 'organization.keys_destroyed' }>, 'action' | 'affected'>
  | { readonly action: 'organization_key.rotated' }

/**
 * Returns the audit entries of a change of an organization's keys: one in the operator's log and,
 * for another organization, one in the log of that organization. Without an organization the change
 * concerns all of them.
 */
export function auditOrganizationKeys(
  ctx: Pick<Context, 'organizationId'>,
  organization: Pick<Organization, 'id' | 'name'> | undefined,
  event: KeysEvent,
): Mutation<unknown>['audit'] {
  const { id, name } = organization ?? { id: null, name: 'every organization' }
  const entry: AuditEntry = { ...event, target: { type: 'organization', id, name } }
  const isOwn = id === null || id === ctx.organizationId
  return isOwn ? entry : [entry, { ...entry, organizationId: id }]
}
