import type { AuditLink } from '@keyporter/protocol'
import type { Reader } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'

/** An event as the store keeps it, its seal included. */
export type AuditRow = AuditLink & { readonly seal: string }

/** Which events a list holds. */
export type AuditFilter = {
  readonly action?: string | undefined
  readonly actorId?: string | undefined
  readonly targetId?: string | undefined
  readonly outcome?: string | undefined
  readonly fromMs?: number | undefined
  /** Exclusive. */
  readonly toMs?: number | undefined
}

/** Where an event stands in a list. */
export type AuditPosition = { readonly at: number; readonly sequence: number }

/** One stretch of a list. */
export type AuditPage = {
  readonly order: 'asc' | 'desc'
  /** The place after which it begins. */
  readonly after: AuditPosition | undefined
  /** The last number that it may hold, whatever the order. */
  readonly upTo?: number
  readonly limit: number
}

/**
 * The events that match. All of them stand in the order of their numbers; what a filter chose stands in
 * the order of its times, which is the same unless a clock was set back. So an index leads to every page
 * at once: by number, what happened years ago would be sought among everything since.
 */
export async function selectEvents(
  db: Reader,
  organizationId: string,
  { filter, page }: { readonly filter: AuditFilter; readonly page: AuditPage },
): Promise<readonly AuditRow[]> {
  const { order, after, upTo, limit } = page
  const beyond = order === 'asc' ? '>' : '<'
  let query = db
    .selectFrom('auditEvents')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .limit(limit)
  if (upTo !== undefined) query = query.where('sequence', '<=', upTo)
  if (Object.values(filter).every((part) => part === undefined)) {
    if (after !== undefined) query = query.where('sequence', beyond, after.sequence)
    return query.orderBy('sequence', order).execute()
  }
  for (const name of ['action', 'actorId', 'targetId', 'outcome'] as const) {
    const wanted = filter[name]
    if (wanted !== undefined) query = query.where(name, '=', wanted)
  }
  if (filter.fromMs !== undefined) query = query.where('at', '>=', filter.fromMs)
  if (filter.toMs !== undefined) query = query.where('at', '<', filter.toMs)
  if (after !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple('at', 'sequence'), beyond, eb.tuple(after.at, after.sequence)),
    )
  }
  return query.orderBy('at', order).orderBy('sequence', order).execute()
}

/** The two ends of a chain as one moment shows them: what the events say, and what the sealed head says. */
export type ChainEnds = {
  /** The greatest number; 0 when there is no event. */
  readonly last: number
  readonly head: Omit<Tables['auditHeads'], 'organizationId'> | undefined
}

/** Reads both ends in one statement: an append between two would look like a break. */
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
        .select('seal')
        .as('seal'),
    ])
    .executeTakeFirstOrThrow()
  const { sequence, hash, seal } = row
  const isThere = sequence !== null && hash !== null && seal !== null
  return { last: row.last ?? 0, head: isThere ? { sequence, hash, seal } : undefined }
}

/** How many events there are up to a number. */
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
