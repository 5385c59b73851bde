import type { Writer } from './open.ts'

/** How long the expired rows of a table are kept, and how they are deleted. */
export type RetentionRule = {
  readonly table: string
  /** The time from the expiry or the use of a row until its deletion. */
  readonly retentionMs: number
  /** Deletes at most `countMax` rows that expired before `beforeMs`. Returns their number. */
  readonly deleteBatch: (tx: Writer, beforeMs: number, countMax: number) => Promise<number>
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/**
 * All retention rules. The row limit is in a subquery, because PostgreSQL has no LIMIT for
 * DELETE.
 */
export const retentionRules: readonly RetentionRule[] = [
  {
    table: 'idempotencyKeys',
    retentionMs: 0,
    deleteBatch: (tx, beforeMs, countMax) =>
      countOf(
        tx
          .deleteFrom('idempotencyKeys')
          .where((eb) =>
            eb(
              eb.refTuple('principal', 'key'),
              'in',
              eb
                .selectFrom('idempotencyKeys')
                .select(['principal', 'key'])
                .where('expiresAt', '<=', beforeMs)
                .limit(countMax)
                .$asTuple('principal', 'key'),
            ),
          )
          .executeTakeFirst(),
      ),
  },
  {
    table: 'sessions',
    retentionMs: 30 * DAY_MS,
    deleteBatch: (tx, beforeMs, countMax) =>
      countOf(
        tx
          .deleteFrom('sessions')
          .where('id', 'in', (eb) =>
            eb
              .selectFrom('sessions')
              .select('id')
              .where((where) =>
                where.or([where('expiresAt', '<=', beforeMs), where('endedAt', '<=', beforeMs)]),
              )
              .limit(countMax),
          )
          .executeTakeFirst(),
      ),
  },
  {
    table: 'linkCodes',
    retentionMs: DAY_MS,
    deleteBatch: (tx, beforeMs, countMax) =>
      countOf(
        tx
          .deleteFrom('linkCodes')
          .where('digest', 'in', (eb) =>
            eb
              .selectFrom('linkCodes')
              .select('digest')
              .where((where) =>
                where.or([where('expiresAt', '<=', beforeMs), where('usedAt', '<=', beforeMs)]),
              )
              .limit(countMax),
          )
          .executeTakeFirst(),
      ),
  },
  {
    table: 'upstreamConsents',
    retentionMs: DAY_MS,
    deleteBatch: (tx, beforeMs, countMax) =>
      countOf(
        tx
          .deleteFrom('upstreamConsents')
          .where('digest', 'in', (eb) =>
            eb
              .selectFrom('upstreamConsents')
              .select('digest')
              .where('expiresAt', '<=', beforeMs)
              .limit(countMax),
          )
          .executeTakeFirst(),
      ),
  },
  {
    table: 'revokedTokens',
    // The clock of a verifier may be slow, so that it still accepts the expired token.
    retentionMs: 10 * MINUTE_MS,
    deleteBatch: (tx, beforeMs, countMax) =>
      countOf(
        tx
          .deleteFrom('revokedTokens')
          .where('jti', 'in', (eb) =>
            eb
              .selectFrom('revokedTokens')
              .select('jti')
              .where('expiresAt', '<=', beforeMs)
              .limit(countMax),
          )
          .executeTakeFirst(),
      ),
  },
  {
    // Nodes read new rows within seconds. Only the oldest rows are deleted, never the newest one: a
    // node that has missed deleted rows detects it by their numbers, see `change-feed.ts`.
    table: 'changes',
    retentionMs: DAY_MS,
    deleteBatch: async (tx, beforeMs, countMax) => {
      const oldest = await tx
        .selectFrom('changes')
        .select(['seq', 'at'])
        .orderBy('seq')
        .limit(countMax + 1)
        .execute()
      const firstKept = oldest.find(({ at }) => at > beforeMs) ?? oldest.at(-1)
      if (firstKept === undefined) return 0
      return countOf(tx.deleteFrom('changes').where('seq', '<', firstKept.seq).executeTakeFirst())
    },
  },
  {
    table: 'usageCounters',
    retentionMs: 400 * DAY_MS,
    deleteBatch: (tx, beforeMs, countMax) =>
      countOf(
        tx
          .deleteFrom('usageCounters')
          .where((eb) =>
            eb(
              eb.refTuple('credentialId', 'hour', 'outcome', 'permission'),
              'in',
              eb
                .selectFrom('usageCounters')
                .select(['credentialId', 'hour', 'outcome', 'permission'])
                .where('hour', '<=', beforeMs)
                .limit(countMax)
                .$asTuple('credentialId', 'hour', 'outcome', 'permission'),
            ),
          )
          .executeTakeFirst(),
      ),
  },
]

async function countOf(deleting: Promise<{ readonly numDeletedRows: bigint }>): Promise<number> {
  return Number((await deleting).numDeletedRows)
}
