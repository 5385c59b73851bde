import type { HashedAuditEvent } from '@keyporter/protocol'
import type { Reader } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'

/** A stored event with its MAC. */
export type AuditRow = HashedAuditEvent & { readonly mac: string }

/** The filter of a list. */
export type AuditFilter = {
  readonly action?: string | undefined
  readonly actorId?: string | undefined
  readonly targetId?: string | undefined
  readonly outcome?: string | undefined
  readonly fromMs?: number | undefined
  /** Exclusive. */
  readonly toMs?: number | undefined
}

/** The position of an event in a list. */
export type AuditPosition = { readonly at: number; readonly sequence: number }

/** Order, position and size of a page. */
export type AuditPage = {
  readonly order: 'asc' | 'desc'
  /** The position of the last event on the previous page. */
  readonly after: AuditPosition | undefined
  /** The greatest sequence number to include, in either order. */
  readonly upTo?: number
  readonly limit: number
}

/**
 * Returns a page of matching events. Without a filter the order is by sequence number, with a filter by
 * time. Both orders are the same unless a clock was set back. Ordering by time lets an index find each
 * filtered page; ordering by number would scan all later events to find old ones.
 */
export async function selectEvents(
  db: Reader,
  organizationId: string,
  { filter, page }: { readonly filter: AuditFilter; readonly page: AuditPage },
): Promise<readonly AuditRow[]> {
  const { order, after, upTo, limit } = page
  const comparison = order === 'asc' ? '>' : '<'
  let query = db
    .selectFrom('auditEvents')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .limit(limit)
  if (upTo !== undefined) query = query.where('sequence', '<=', upTo)
  if (Object.values(filter).every((part) => part === undefined)) {
    if (after !== undefined) query = query.where('sequence', comparison, after.sequence)
    return query.orderBy('sequence', order).execute()
  }
  for (const name of ['action', 'actorId', 'targetId', 'outcome'] as const) {
    const value = filter[name]
    if (value !== undefined) query = query.where(name, '=', value)
  }
  if (filter.fromMs !== undefined) query = query.where('at', '>=', filter.fromMs)
  if (filter.toMs !== undefined) query = query.where('at', '<', filter.toMs)
  if (after !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple('at', 'sequence'), comparison, eb.tuple(after.at, after.sequence)),
    )
  }
  return query.orderBy('at', order).orderBy('sequence', order).execute()
}

/** The end of a chain: the last event, and the stored head with its MAC. */
export type ChainEnds = {
  /** The greatest sequence number. 0 when there is no event. */
  readonly last: number
  readonly head: Omit<Tables['auditHeads'], 'organizationId'> | undefined
}

/** Reads both in one statement. Between two statements, an append would look like a broken chain. */
export async function findEnds(db: Reader, organizationId: string): Promise<ChainEnds> {
  const row = await db
    .selectNoFrom((eb) => [
      eb
        .selectFrom('auditEvents')
        .where('organizationId', '=', organizationId)
        .select((part) => part.fn.max('sequence').as('last'))
        .as('last'),
      eb
        .selectFrom('auditHeads')
        .where('organizationId', '=', organizationId)
        .select('sequence')
        .as('sequence'),
      eb
        .selectFrom('auditHeads')
        .where('organizationId', '=', organizationId)
        .select('hash')
        .as('hash'),
      eb
        .selectFrom('auditHeads')
        .where('organizationId', '=', organizationId)
        .select('mac')
        .as('mac'),
    ])
    .executeTakeFirstOrThrow()
  const { sequence, hash, mac } = row
  const hasHead = sequence !== null && hash !== null && mac !== null
  return { last: row.last ?? 0, head: hasHead ? { sequence, hash, mac } : undefined }
}

/** Returns the number of events up to a sequence number. */
export async function countEvents(
  db: Reader,
  organizationId: string,
  upTo: number,
): Promise<number> {
  const { count } = await db
    .selectFrom('auditEvents')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organizationId', '=', organizationId)
    .where('sequence', '<=', upTo)
    .executeTakeFirstOrThrow()
  return count
}
