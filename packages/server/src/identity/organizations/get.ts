import type { Input, Output, routes } from '@keyporter/contract'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { toOrganization } from './presenter.ts'
import { findOrganization, type Organization } from './rows.ts'

type Route = typeof routes.organizations.get

/**
 * Returns an organization. Callers other than the operator see only their own.
 *
 * @throws {AppError} `not_found`
 */
export async function getOrganization(
  ctx: Context,
  { params }: Input<Route>,
): Promise<Output<Route>> {
  return toOrganization(await requireVisible(ctx, params.id))
}

/**
 * Returns the organization if the caller may see it.
 *
 * @throws {AppError} `not_found` when it does not exist, and when the caller may not see it
 */
export async function requireVisible(ctx: Context, id: string): Promise<Organization> {
  const organization =
    ctx.operator || id === ctx.organizationId ? await findOrganization(ctx.db, id) : undefined
  if (organization === undefined) throw notFound()
  return organization
}
