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
import { findApisListing } from '../apis/index.ts'
import { countByStatus, countByWarning } from './count-rows.ts'
import { exportCredentials } from './export.ts'
import { type CredentialPage, type SortKey, selectCredentials, sortValueOf } from './list-rows.ts'
import { toResources } from './presenter.ts'
import { credentialStatuses } from './rules.ts'

type Route = typeof routes.credentials.list
type Query = Input<Route>['query']

/**
 * The organization's credentials, revoked and expired ones included, newest first unless sorted
 * otherwise. Search finds letters whatever their case in names and notes, and client ids by their
 * beginning. One that was never used sorts before all that were. As CSV, every matching one at once.
 *
 * @throws {AppError} `invalid_cursor`, `invalid_request`
 */
export async function listCredentials(
  ctx: Context,
  { query, mediaType }: Input<Route>,
): Promise<Output<Route> | Reply<Output<Route>>> {
  if (mediaType === 'text/csv') {
    refusePaging(query)
    const stream = exportCredentials(ctx, await readPage(ctx, query))
    return reply({ data: [], nextCursor: null }, { stream })
  }
  const page = await readPage(ctx, query)
  const rows = await selectCredentials(ctx.db, ctx.organizationId, page)
  const { data, nextCursor } = toPage(rows, page.limit, (last) =>
    encodeCursor(ctx, listOf(query), [sortValueOf(last, page.key), last.id]),
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
          : { name: permission, apiIds: await findApisListing(ctx.db, permission) },
      createdById: query.createdById,
      expiresFromMs: expiresFrom === undefined ? undefined : parseInstant(expiresFrom),
      expiresBeforeMs: expiresBefore === undefined ? undefined : parseInstant(expiresBefore),
    },
    statuses: statusesOf(query),
    warning: query.warning,
    nowMs: ctx.clock.now(),
    after: toPlace(decodeCursor(ctx, listOf(query), query.cursor)),
    limit: pageLimit(query.limit),
  }
}

/** What a cursor is bound to: everything that decides which credentials come, and in which order. */
function listOf(query: Query): unknown {
  const { sort, q, warning, environment, kind, permission, apiId } = query
  const { createdById, expiresFrom, expiresBefore } = query
  const narrowed = [q, statusesOf(query), warning, environment, kind, permission, apiId]
  const more = [createdById, expiresFrom, expiresBefore]
  return ['credentials', sort ?? '-createdAt', ...narrowed, ...more]
}

function statusesOf({ status }: Query) {
  if (status === undefined) return undefined
  const asked = new Set<string>(status.split(','))
  return credentialStatuses.filter((one) => asked.has(one))
}

function toPlace(position: Position | undefined): CredentialPage['after'] {
  const [value, id] = position ?? []
  return value === undefined ? undefined : { value, id: String(id) }
}

function refusePaging({ limit, cursor, include }: Query): void {
  const asked = { limit, cursor, include }
  const [name] = Object.entries(asked).find(([, value]) => value !== undefined) ?? []
  if (name === undefined) return
  const detail = 'CSV has neither pages nor counts'
  throw new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: `/query/${name}`, code: 'invalid', detail }],
  })
}
