import { auditedFields, type Input, type Output, type routes } from '@keyporter/contract'
import { generateId } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import { describeChange } from '../../kernel/audit-diff.ts'
import { requireOperator } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { organizationAuditEntry } from './audit-entry.ts'
import { toOrganization } from './presenter.ts'
import { insertOrganization, type Organization } from './rows.ts'
import { mergeFeatures, mergePolicy, slugFromName, uniqueSlug } from './rules.ts'

type Route = typeof routes.organizations.create

/**
 * Creates an organization. By default all features are enabled, the default policy applies, and the slug
 * is derived from the name.
 *
 * @throws {AppError} `operator_only`, `already_exists` when another organization has the requested slug
 */
export async function createOrganization(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  requireOperator(ctx)
  const organization = newOrganization(ctx, { ...body, operator: false })
  return ctx.mutate(async (tx) => {
    const created = await insertWithUniqueSlug(tx, organization, body.slug !== undefined)
    const result = toOrganization(created)
    const changes = describeChange(undefined, result, auditedFields.organization)
    return {
      result,
      audit: organizationAuditEntry(ctx, created, { action: 'organization.created', changes }),
    }
  })
}

/** Returns a new organization, not stored yet. Derives the slug from the name unless one is given. */
export function newOrganization(
  { clock, random }: Pick<Context, 'clock' | 'random'>,
  draft: Input<Route>['body'] & { readonly operator: boolean },
): Organization {
  const now = clock.now()
  return {
    id: generateId('org', now, random),
    name: draft.name,
    slug: draft.slug ?? slugFromName(draft.name),
    operator: draft.operator,
    features: mergeFeatures(draft.features),
    policy: mergePolicy(draft.policy),
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
}

/** Appends a suffix to a derived slug that is taken. A requested slug is never changed. */
async function insertWithUniqueSlug(
  tx: Writer,
  organization: Organization,
  slugGiven: boolean,
): Promise<Organization> {
  if (await insertOrganization(tx, organization)) return organization
  const distinct = {
    ...organization,
    slug: uniqueSlug(organization.slug, organization.id),
  }
  if (!slugGiven && (await insertOrganization(tx, distinct))) return distinct
  throw slugTaken()
}

/** Returns the error for a slug that another organization has. */
export function slugTaken(): AppError {
  const detail = 'Another organization has this slug'
  return new AppError('already_exists', {
    detail: `${detail}. Choose a different one.`,
    fields: [{ pointer: '/slug', code: 'taken', detail }],
  })
}
