import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../../kernel/context.ts'
import {
  decodeCursor,
  encodeCursor,
  type Position,
  pageLimit,
  toPage,
} from '../../kernel/paging.ts'
import { type IntegrationPage, type SortKey, selectIntegrations, sortValueOf } from './list-rows.ts'
import { toResources } from './presenter.ts'

type Route = typeof routes.integrations.list
type Query = Input<Route>['query']

/**
 * Returns the integrations of the organization, newest first by default. The search is
 * case-insensitive and covers names, notes and base URLs.
 *
 * @throws {AppError} `invalid_cursor`
 */
export async function listIntegrations(
  ctx: Context,
  { query }: Input<Route>,
): Promise<Output<Route>> {
  const page = readPage(ctx, query)
  const rows = await selectIntegrations(ctx.db, ctx.organizationId, page)
  const { data, nextCursor } = toPage(rows, page.limit, (last) =>
    encodeCursor(ctx, describeList(query), [sortValueOf(last, page.sortKey), last.id]),
  )
  return { data: await toResources(ctx, data), nextCursor }
}

const sorts = {
  name: { sortKey: 'name', direction: 'asc' },
  '-name': { sortKey: 'name', direction: 'desc' },
  createdAt: { sortKey: 'createdAt', direction: 'asc' },
  '-createdAt': { sortKey: 'createdAt', direction: 'desc' },
  updatedAt: { sortKey: 'updatedAt', direction: 'asc' },
  '-updatedAt': { sortKey: 'updatedAt', direction: 'desc' },
} as const satisfies Record<
  NonNullable<Query['sort']>,
  { readonly sortKey: SortKey; readonly direction: 'asc' | 'desc' }
>

function readPage(ctx: Context, query: Query): IntegrationPage {
  return {
    ...sorts[query.sort ?? '-createdAt'],
    q: query.q,
    environment: query.environment,
    kind: query.kind,
    connectionStatus: query.connectionStatus,
    after: toRowPosition(decodeCursor(ctx, describeList(query), query.cursor)),
    limit: pageLimit(query.limit),
  }
}

/** A cursor is valid only for the same filters and sort order. */
function describeList({ sort, q, environment, kind, connectionStatus }: Query): unknown {
  return ['integrations', sort ?? '-createdAt', q, environment, kind, connectionStatus]
}

function toRowPosition(position: Position | undefined): IntegrationPage['after'] {
  const [value, id] = position ?? []
  return value === undefined ? undefined : { value, id: String(id) }
}
