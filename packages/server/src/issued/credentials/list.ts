import type { Input, Output, routes } from '@keyporter/contract'
import { parseInstant } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import {
  decodeCursor,
  encodeCursor,
  type Position,
  pageLimit,
  toPage,
} from '../../kernel/paging.ts'
import { type Reply, reply } from '../../kernel/route-handler.ts'
import { findApiIdsByScope } from '../apis/index.ts'
import { countByStatus, countByWarning } from './count-rows.ts'
import { exportCredentials } from './export.ts'
import { type CredentialPage, type SortKey, selectCredentials, sortValueOf } from './list-rows.ts'
import { toResources } from './presenter.ts'
import { credentialStatuses } from './rules.ts'

type Route = typeof routes.credentials.list
type Query = Input<Route>['query']

/**
 * Lists the organization's credentials, including revoked and expired ones. Default order: newest first. `q`
 * matches part of a name or note, ignoring case, or a prefix of a client id. Never used credentials sort before
 * used ones. CSV is not paginated.
 *
 * @throws {AppError} `invalid_cursor`, `invalid_request`
 */
export async function listCredentials(
  ctx: Context,
  { query, mediaType }: Input<Route>,
): Promise<Output<Route> | Reply<Output<Route>>> {
  if (mediaType === 'text/csv') {
    rejectPaging(query)
    const stream = exportCredentials(ctx, await readPage(ctx, query))
    return reply({ data: [], nextCursor: null }, { stream })
  }
  const page = await readPage(ctx, query)
  const rows = await selectCredentials(ctx.db, ctx.organizationId, page)
  const { data, nextCursor } = toPage(rows, page.limit, (last) =>
    encodeCursor(ctx, describeList(query), [sortValueOf(last, page.sortKey), last.id]),
  )
  const counts = query.include === 'counts' ? await countAll(ctx, page) : {}
  return { data: await toResources(ctx, data), nextCursor, ...counts }
}

async function countAll(ctx: Context, page: CredentialPage) {
  const [counts, warningCounts] = await Promise.all([
    countByStatus(ctx.db, ctx.organizationId, page),
    countByWarning(ctx.db, ctx.organizationId, page),
  ])
  return { counts, warningCounts }
}

const sorts = {
  createdAt: { sortKey: 'createdAt', direction: 'asc' },
  '-createdAt': { sortKey: 'createdAt', direction: 'desc' },
  name: { sortKey: 'name', direction: 'asc' },
  '-name': { sortKey: 'name', direction: 'desc' },
  expiresAt: { sortKey: 'expiresAt', direction: 'asc' },
  '-expiresAt': { sortKey: 'expiresAt', direction: 'desc' },
  lastUsedAt: { sortKey: 'lastUsedAt', direction: 'asc' },
  '-lastUsedAt': { sortKey: 'lastUsedAt', direction: 'desc' },
} as const satisfies Record<
  NonNullable<Query['sort']>,
  { readonly sortKey: SortKey; readonly direction: 'asc' | 'desc' }
>

async function readPage(ctx: Context, query: Query): Promise<CredentialPage> {
  const { permission, expiresFrom, expiresBefore } = query
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
          : { name: permission, apiIds: await findApiIdsByScope(ctx.db, permission) },
      createdById: query.createdById,
      expiresFromMs: expiresFrom === undefined ? undefined : parseInstant(expiresFrom),
      expiresBeforeMs: expiresBefore === undefined ? undefined : parseInstant(expiresBefore),
    },
    statuses: statusesOf(query),
    warning: query.warning,
    nowMs: ctx.clock.now(),
    after: toRowPosition(decodeCursor(ctx, describeList(query), query.cursor)),
    limit: pageLimit(query.limit),
  }
}

/** Returns everything that determines the rows and their order. A cursor is valid for the same list only. */
function describeList(query: Query): unknown {
  const { sort, q, warning, environment, kind, permission, apiId } = query
  const { createdById, expiresFrom, expiresBefore } = query
  const filters = [q, statusesOf(query), warning, environment, kind, permission, apiId]
  const moreFilters = [createdById, expiresFrom, expiresBefore]
  return ['credentials', sort ?? '-createdAt', ...filters, ...moreFilters]
}

function statusesOf({ status }: Query) {
  if (status === undefined) return undefined
  const requested = new Set<string>(status.split(','))
  return credentialStatuses.filter((one) => requested.has(one))
}

function toRowPosition(position: Position | undefined): CredentialPage['after'] {
  const [value, id] = position ?? []
  return value === undefined ? undefined : { value, id: String(id) }
}

function rejectPaging({ limit, cursor, include }: Query): void {
  const parameters = { limit, cursor, include }
  const [name] = Object.entries(parameters).find(([, value]) => value !== undefined) ?? []
  if (name === undefined) return
  const detail = `CSV exports have no pages and no counts. Remove ${name}`
  throw new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: `/query/${name}`, code: 'invalid', detail }],
  })
}
