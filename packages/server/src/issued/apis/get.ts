import type { Input, Output, routes } from '@keyporter/contract'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { toApiResource } from './presenter.ts'
import { selectApi } from './rows.ts'

type Route = typeof routes.apis.get

/** Returns an API that the organization can use. @throws {AppError} `not_found` */
export async function getApi(ctx: Context, { params }: Input<Route>): Promise<Output<Route>> {
  const api = await selectApi(ctx.db, ctx.organizationId, params.id)
  if (api === undefined) throw notFound()
  return toApiResource(ctx, api)
}
