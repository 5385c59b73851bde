import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../../kernel/context.ts'
import { decodeCursor, encodeCursor, pageLimit, toPage } from '../../kernel/paging.ts'
import { toMember } from './presenter.ts'
import { selectMembers } from './rows.ts'

type Route = typeof routes.members.list

/**
 * Lists the members of the organization, oldest first.
 *
 * @throws {AppError} `invalid_cursor`
 */
export async function listMembers(ctx: Context, { query }: Input<Route>): Promise<Output<Route>> {
  const limit = pageLimit(query.limit)
  const list = ['members', query.q ?? '']
  const after = decodeCursor(ctx, list, query.cursor)?.[0]
  const rows = await selectMembers(ctx.db, ctx.organizationId, {
    q: query.q,
    after: after === undefined ? undefined : String(after),
    limit: limit + 1,
  })
  const { data, nextCursor } = toPage(rows, limit, ({ id }) => encodeCursor(ctx, list, [id]))
  return { data: data.map(toMember), nextCursor }
}
