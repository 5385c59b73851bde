import type { Input, Output, routes } from '@keyporter/contract'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { toResource } from './presenter.ts'
import { findIntegration, type StoredIntegration } from './rows.ts'

type Route = typeof routes.integrations.get

/**
 * Returns an integration of the organization.
 *
 * @throws {AppError} `not_found`
 */
export async function getIntegration(
  ctx: Context,
  { params }: Input<Route>,
): Promise<Output<Route>> {
  return toResource(ctx, await requireIntegration(ctx, params.id))
}

/**
 * Returns the integration with this ID.
 *
 * @throws {AppError} `not_found`, also for integrations of other organizations
 */
export async function requireIntegration(ctx: Context, id: string): Promise<StoredIntegration> {
  const integration = await findIntegration(ctx.db, ctx.organizationId, id)
  if (integration === undefined) throw notFound()
  return integration
}
