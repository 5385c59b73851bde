import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import { describeChange, describeListChange } from '../../kernel/audit-diff.ts'
import { requireVersion } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { organizationAuditEntry } from './audit-entry.ts'
import { slugTaken } from './create.ts'
import { requireVisible } from './get.ts'
import { toOrganization } from './presenter.ts'
import { isSlugTaken, type Organization, updateOrganizationRow } from './rows.ts'
import { mergeFeatures, mergePolicy, requireCanChange } from './rules.ts'

type Route = typeof routes.organizations.update

/**
 * Changes an organization. Its own callers may change its name; features, policy and slug are the
 * operator's to change. A new policy binds what is created from now on.
 *
 * @throws {AppError} `not_found`, `operator_only`, `already_exists`, `precondition_failed`
 */
export async function updateOrganization(
  ctx: Context,
  { params, body, ifVersion }: Input<Route>,
): Promise<Output<Route>> {
  const present = await requireVisible(ctx, params.id)
  requireCanChange(ctx.operator, body)
  requireVersion(present.version, ifVersion)
  const next: Organization = {
    ...present,
    name: body.name ?? present.name,
    slug: body.slug ?? present.slug,
    features: mergeFeatures(body.features, present.features),
    policy: mergePolicy(body.policy, present.policy),
    updatedAt: ctx.clock.now(),
    version: present.version + 1,
  }
  const changes = describeOrganizationChange(present, next)
  if (Object.keys(changes).length === 0) return toOrganization(present)
  return ctx.mutate(async (tx) => {
    if (await isSlugTaken(tx, next.slug, next.id)) throw slugTaken()
    if (!(await updateOrganizationRow(tx, next))) throw concurrentChange()
    return {
      result: toOrganization(next),
      audit: organizationAuditEntry(ctx, next, { action: 'organization.updated', changes }),
    }
  })
}

/** A ceiling can hold thousands of names: of it the log keeps what went and came, and how many. */
function describeOrganizationChange(present: Organization, next: Organization) {
  const days = ['defaultLifetimeDays', 'maxLifetimeDays'] as const
  const [from, to] = [present.policy.permissionCeiling, next.policy.permissionCeiling]
  return {
    ...describeChange(present, next, ['name', 'slug', 'features']),
    ...describeChange(present.policy, next.policy, days),
    ...(JSON.stringify(from) === JSON.stringify(to)
      ? {}
      : { permissionCeiling: describeCeilings(from, to) }),
  }
}

function describeCeilings(from: readonly string[] | null, to: readonly string[] | null) {
  const described = describeListChange(from ?? [], to ?? [])
  return { from: from === null ? null : described.from, to: to === null ? null : described.to }
}

function concurrentChange(): AppError {
  return new AppError('precondition_failed', {
    detail: 'It was changed in the meantime. Load it again.',
  })
}
