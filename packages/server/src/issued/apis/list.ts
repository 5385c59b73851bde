import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../../kernel/context.ts'
import { decodeCursor, encodeCursor, pageLimit, toPage } from '../../kernel/paging.ts'
import { toSummaryResources } from './presenter.ts'
import { selectGranted } from './rows.ts'

type Route = typeof routes.apis.list

/**
 * Lists the APIs that the organization can use, including the built-in one, oldest first.
 *
 * @throws {AppError} `invalid_cursor`
 */
export async function listApis(ctx: Context, { query }: Input<Route>): Promise<Output<Route>> {
  const list = ['apis', query.q ?? null, query.slug ?? null]
  const limit = pageLimit(query.limit)
  const after = decodeCursor(ctx, list, query.cursor)
  const apis = await selectGranted(ctx.db, ctx.organizationId, {
    q: query.q,
    slug: query.slug,
    limit,
    after,
  })
  const { data, nextCursor } = toPage(apis, limit, (last) =>
    encodeCursor(ctx, list, [last.createdAt, last.id]),
  )
  return { data: await toSummaryResources(ctx, data), nextCursor }
}
