import { auditedFields, type Input, type Output, type routes } from '@keyporter/contract'
import { describeChange } from '../../kernel/audit-diff.ts'
import { concurrentChange, requireVersion } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { organizationAuditEntry } from './audit-entry.ts'
import { slugTaken } from './create.ts'
import { requireVisible } from './get.ts'
import { toOrganization } from './presenter.ts'
import { isSlugTaken, type Organization, updateOrganizationRow } from './rows.ts'
import { mergeFeatures, mergePolicy, requireCanChange } from './rules.ts'

type Route = typeof routes.organizations.update

/**
 * Updates an organization. Features, policy and slug can be changed only by the operator. A new policy
 * applies to credentials that are created later.
 *
 * @throws {AppError} `not_found`, `operator_only`, `already_exists`, `precondition_failed`
 */
export async function updateOrganization(
  ctx: Context,
  { params, body, ifVersion }: Input<Route>,
): Promise<Output<Route>> {
  const current = await requireVisible(ctx, params.id)
  requireCanChange(ctx.operator, body)
  requireVersion(current.version, ifVersion)
  const next: Organization = {
    ...current,
    name: body.name ?? current.name,
    slug: body.slug ?? current.slug,
    features: mergeFeatures(body.features, current.features),
    policy: mergePolicy(body.policy, current.policy),
    updatedAt: ctx.clock.now(),
    version: current.version + 1,
  }
  const changes = describeChange(
    toOrganization(current),
    toOrganization(next),
    auditedFields.organization,
  )
  if (Object.keys(changes).length === 0) return toOrganization(current)
  return ctx.mutate(async (tx) => {
    if (await isSlugTaken(tx, next.slug, next.id)) throw slugTaken()
    if (!(await updateOrganizationRow(tx, next))) throw concurrentChange()
    return {
      result: toOrganization(next),
      audit: organizationAuditEntry(ctx, next, { action: 'organization.updated', changes }),
    }
  })
}
