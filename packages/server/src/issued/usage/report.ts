import type { Input, Output, routes } from '@keyporter/contract'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { findCredential } from '../credentials/index.ts'
import { sumUsage } from './rows.ts'
import { usageRange, usageReport } from './rules.ts'

type Route = typeof routes.credentials.usage

/**
 * How often a credential was used, in steps of an hour or a day. What happened within the last second
 * may not stand there yet.
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
  const asked = { credentialId: credential.id, ...range }
  return usageReport(range, await sumUsage(ctx.db, ctx.organizationId, asked))
}
