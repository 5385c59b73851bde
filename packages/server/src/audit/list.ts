import type { Input, Output, routes } from '@keyporter/contract'
import { parseInstant } from '@keyporter/protocol'
import { AppError } from '../kernel/app-error.ts'
import type { Context } from '../kernel/context.ts'
import { decodeCursor, encodeCursor, pageLimit, toPage } from '../kernel/paging.ts'
import { type Reply, reply } from '../kernel/route-handler.ts'
import { exportEvents } from './export.ts'
import { toAuditEvent } from './presenter.ts'
import { type AuditFilter, selectEvents } from './rows.ts'

type Route = typeof routes.auditEvents.list
type Query = Input<Route>['query']

/**
 * Lists the organization's audit events: a page of JSON, newest first by default, or all matching events as
 * CSV or NDJSON, oldest first by default. The command `audit verify` reads that order.
 *
 * @throws {AppError} `invalid_cursor`, `invalid_request`, `not_acceptable`
 */
export async function listAuditEvents(
  ctx: Context,
  { query, mediaType }: Input<Route>,
): Promise<Output<Route> | Reply<Output<Route>>> {
  const filter = filterOf(query)
  if (mediaType !== undefined && mediaType !== 'application/json') {
    rejectPaging(query)
    const order = query.sort === '-sequence' ? 'desc' : 'asc'
    const stream = exportEvents(ctx, { mediaType, filter, order })
    return reply({ data: [], nextCursor: null }, { stream })
  }
  const sort = query.sort ?? '-sequence'
  const limit = pageLimit(query.limit)
  const list = ['audit-events', sort, ...Object.values(filter).map((part) => part ?? null)]
  const [at, sequence] = decodeCursor(ctx, list, query.cursor) ?? []
  const events = await selectEvents(ctx.db, ctx.organizationId, {
    filter,
    page: {
      order: sort === 'sequence' ? 'asc' : 'desc',
      after: at === undefined ? undefined : { at: Number(at), sequence: Number(sequence) },
      limit: limit + 1,
    },
  })
  const page = toPage(events, limit, (last) => encodeCursor(ctx, list, [last.at, last.sequence]))
  return { data: page.data.map(toAuditEvent), nextCursor: page.nextCursor }
}

function filterOf({ action, actorId, targetId, outcome, from, to }: Query): AuditFilter {
  return {
    action,
    actorId,
    targetId,
    outcome,
    fromMs: from === undefined ? undefined : parseInstant(from),
    toMs: to === undefined ? undefined : parseInstant(to),
  }
}

function rejectPaging({ limit, cursor }: Query): void {
  if (limit === undefined && cursor === undefined) return
  const pointer = limit === undefined ? '/query/cursor' : '/query/limit'
  const detail = 'CSV and NDJSON exports do not support paging'
  throw new AppError('invalid_request', {
    detail: `${detail}. Send the request without limit and cursor.`,
    fields: [{ pointer, code: 'invalid', detail }],
  })
}
