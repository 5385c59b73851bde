import type { Input, Output, routes } from '@keyporter/contract'
import { generateId } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import { requireOperator } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { organizationAuditEntry } from './audit-entry.ts'
import { toOrganization } from './presenter.ts'
import { insertOrganization, type Organization } from './rows.ts'
import { mergeFeatures, mergePolicy, slugFromName, uniqueSlug } from './rules.ts'

type Route = typeof routes.organizations.create

/**
 * Creates an organization, with every feature and the usual policy unless told otherwise. Without a
 * slug it gets one that is made of its name.
 *
 * @throws {AppError} `operator_only`, `already_exists` when the given slug is taken
 */
export async function createOrganization(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  requireOperator(ctx)
  const organization = newOrganization(ctx, { ...body, operator: false })
  return ctx.mutate(async (tx) => {
    const created = await insertWithUniqueSlug(tx, organization, body.slug !== undefined)
    return {
      result: toOrganization(created),
      audit: organizationAuditEntry(ctx, created, { action: 'organization.created' }),
    }
  })
}

/** An organization that is about to be created; its slug is that of its name unless given. */
export function newOrganization(
  { clock, random }: Pick<Context, 'clock' | 'random'>,
  asked: Input<Route>['body'] & { readonly operator: boolean },
): Organization {
  const now = clock.now()
  return {
    id: generateId('org', now, random),
    name: asked.name,
    slug: asked.slug ?? slugFromName(asked.name),
    operator: asked.operator,
    features: mergeFeatures(asked.features),
    policy: mergePolicy(asked.policy),
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
}

/** A slug that was only derived gives way to one that is there already. */
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

/** The refusal of a slug that another organization has. */
export function slugTaken(): AppError {
  const detail = 'Another organization has this slug'
  return new AppError('already_exists', {
    detail: `${detail}.`,
    fields: [{ pointer: '/slug', code: 'taken', detail }],
  })
}
