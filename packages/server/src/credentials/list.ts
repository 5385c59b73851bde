import type { Input, Output, routes } from '@keyporter/contract'
import { findApisListing } from '../apis/index.ts'
import type { Context } from '../context.ts'
import { cutPage, type Position, pageLimit, readCursor, writeCursor } from '../paging.ts'
import {
  type CredentialPage,
  countByStatus,
  type SortKey,
  selectCredentials,
  sortValueOf,
} from './list-rows.ts'
import { toResources } from './resource.ts'

type Route = typeof routes.credentials.list
type Query = Input<Route>['query']

/**
 * The organization's credentials, revoked and expired ones included, newest first unless sorted
 * otherwise. Search finds letters whatever their case in names and notes, and client ids by their
 * beginning. One that was never used sorts before all that were.
 *
 * @throws {AppError} `invalid_cursor`
 */
export async function listCredentials(
  ctx: Context,
  { query }: Input<Route>,
): Promise<Output<Route>> {
  const page = await readPage(ctx, query)
  const rows = await selectCredentials(ctx.db, ctx.organizationId, page)
  const { data, nextCursor } = cutPage(rows, page.limit, (last) =>
    writeCursor(ctx, listOf(query), [sortValueOf(last, page.key), last.id]),
  )
  const counts =
    query.include === 'counts'
      ? { counts: await countByStatus(ctx.db, ctx.organizationId, page) }
      : {}
  return { data: await toResources(ctx, data), nextCursor, ...counts }
}

const sorts = {
  createdAt: { key: 'createdAt', direction: 'asc' },
  '-createdAt': { key: 'createdAt', direction: 'desc' },
  name: { key: 'name', direction: 'asc' },
  '-name': { key: 'name', direction: 'desc' },
  expiresAt: { key: 'expiresAt', direction: 'asc' },
  '-expiresAt': { key: 'expiresAt', direction: 'desc' },
  lastUsedAt: { key: 'lastUsedAt', direction: 'asc' },
  '-lastUsedAt': { key: 'lastUsedAt', direction: 'desc' },
} as const satisfies Record<
  NonNullable<Query['sort']>,
  { readonly key: SortKey; readonly direction: 'asc' | 'desc' }
>

async function readPage(ctx: Context, query: Query): Promise<CredentialPage> {
  const { permission } = query
  return {
    ...sorts[query.sort ?? '-createdAt'],
    filter: {
      q: query.q,
      environment: query.environment,
      kind: query.kind,
      apiId: query.apiId,
      permission:
        permission === undefined
          ? undefined
          : { name: permission, apiIds: await findApisListing(ctx.db, permission) },
    },
    status: query.status,
    nowMs: ctx.clock.now(),
    after: toPlace(readCursor(ctx, listOf(query), query.cursor)),
    limit: pageLimit(query.limit),
  }
}

/** What a cursor is bound to: everything that decides which credentials come, and in which order. */
function listOf({ sort, q, status, environment, kind, permission, apiId }: Query): unknown {
  return ['credentials', sort ?? '-createdAt', q, status, environment, kind, permission, apiId]
}

function toPlace(position: Position | undefined): CredentialPage['after'] {
  const [value, id] = position ?? []
  return value === undefined ? undefined : { value, id: String(id) }
}
