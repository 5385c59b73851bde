import type { Input, Output, routes } from '@keyporter/contract'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { toResource } from './presenter.ts'
import { findCredential } from './rows.ts'

type Route = typeof routes.credentials.get

/** Returns a credential of the organization. @throws {AppError} `not_found` */
export async function getCredential(
  ctx: Context,
  { params }: Input<Route>,
): Promise<Output<Route>> {
  const credential = await findCredential(ctx.db, ctx.organizationId, params.id)
  if (credential === undefined) throw notFound()
  return toResource(ctx, credential)
}
