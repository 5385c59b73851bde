import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../../kernel/context.ts'
import { decodeCursor, encodeCursor, pageLimit, toPage } from '../../kernel/paging.ts'
import { toResource } from './connection-presenter.ts'
import { selectConnections } from './connection-rows.ts'
import { requireIntegration } from './get.ts'

type Route = typeof routes.connections.list

/**
 * Returns the connections of an integration: the shared one first, then those of organizations in
 * the order of their creation.
 *
 * @throws {AppError} `not_found`, `invalid_cursor`
 */
export async function listConnections(
  ctx: Context,
  { params, query }: Input<Route>,
): Promise<Output<Route>> {
  const { id } = await requireIntegration(ctx, params.id)
  const list = ['connections', id]
  const [after] = decodeCursor(ctx, list, query.cursor) ?? []
  const limit = pageLimit(query.limit)
  const rows = await selectConnections(ctx.db, id, {
    after: after === undefined ? undefined : String(after),
    limit,
  })
  const { data, nextCursor } = toPage(rows, limit, (last) => encodeCursor(ctx, list, [last.owner]))
  return { data: data.map(toResource), nextCursor }
}
