import type { Input, Output, routes } from '@keyporter/contract'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { findCredential } from '../credentials/index.ts'
import { sumUsage } from './rows.ts'
import { usageRange, usageReport } from './rules.ts'

type Route = typeof routes.credentials.usage

/**
 * Returns the usage of a credential by hour or day. Uses within the last second may be missing.
 *
 * @throws {AppError} `not_found`, `invalid_request`
 */
export async function reportUsage(
  ctx: Context,
  { params, query }: Input<Route>,
): Promise<Output<Route>> {
  const credential = await findCredential(ctx.db, ctx.organizationId, params.id)
  if (credential === undefined) throw notFound()
  const range = usageRange(query, ctx.clock.now())
  const sums = await sumUsage(ctx.db, ctx.organizationId, { credentialId: credential.id, ...range })
  return usageReport(range, sums)
}
