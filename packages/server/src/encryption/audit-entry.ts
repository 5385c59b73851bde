import type { AuditAction } from '@keyporter/contract'
import type { Organization } from '../identity/organizations/index.ts'
import type { AuditEntry, Context, Mutation } from '../kernel/context.ts'

/**
 * What a change of an organization's keys leaves behind: an audit event in the operator's log and, if it
 * concerns another organization, in the log of that one; and a change for the feed. Without an
 * organization it concerns the keys of all of them.
 */
export function organizationKeysRecord(
  ctx: Pick<Context, 'organizationId'>,
  organization: Pick<Organization, 'id' | 'name'> | undefined,
  action: AuditAction,
): Pick<Mutation<unknown>, 'audit' | 'changes'> {
  const { id, name } = organization ?? { id: null, name: 'every organization' }
  const entry: AuditEntry = { action, target: { type: 'organization', id, name } }
  const isOwn = id === null || id === ctx.organizationId
  return {
    audit: isOwn ? entry : [entry, { ...entry, organizationId: id }],
    changes: [
      {
        kind: 'organization_keys.changed',
        organizationId: id ?? ctx.organizationId,
        // The organization itself: forget all of its keys.
        subjectId: action === 'organization.keys_destroyed' ? (id ?? '') : '',
      },
    ],
  }
}
