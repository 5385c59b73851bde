import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../../kernel/context.ts'
import { decodeCursor, encodeCursor, pageLimit, toPage } from '../../kernel/paging.ts'
import { toOrganization } from './presenter.ts'
import { selectOrganizations } from './rows.ts'

type Route = typeof routes.organizations.list

/**
 * Lists organizations, oldest first. Callers other than the operator see only their own.
 *
 * @throws {AppError} `invalid_cursor`
 */
export async function listOrganizations(
  ctx: Context,
  { query }: Input<Route>,
): Promise<Output<Route>> {
  const limit = pageLimit(query.limit)
  const list = ['organizations', query.q ?? '']
  const after = decodeCursor(ctx, list, query.cursor)?.[0]
  const rows = await selectOrganizations(ctx.db, {
    onlyId: ctx.operator ? undefined : ctx.organizationId,
    q: query.q,
    after: after === undefined ? undefined : String(after),
    limit: limit + 1,
  })
  const { data, nextCursor } = toPage(rows, limit, ({ id }) => encodeCursor(ctx, list, [id]))
  return { data: data.map(toOrganization), nextCursor }
}
