import type { Writer } from './open.ts'

/** Rows of one table that have served their time. */
export type RetentionRule = {
  readonly table: string
  /** How long rows are kept after the instant that ends their use. */
  readonly retentionMs: number
  /** Deletes at most `countMax` rows whose use ended before `beforeMs`; returns how many. */
  readonly deleteBatch: (tx: Writer, beforeMs: number, countMax: number) => Promise<number>
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** Everything that housekeeping deletes. The row limit stands in a subquery: DELETE has none that both engines know. */
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
    table: 'oneTimeCodes',
    retentionMs: DAY_MS,
    deleteBatch: (tx, beforeMs, countMax) =>
      countOf(
        tx
          .deleteFrom('oneTimeCodes')
          .where('digest', 'in', (eb) =>
            eb
              .selectFrom('oneTimeCodes')
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
    // A verifier's clock may be behind: to it the token lives a little longer.
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
    // Nodes read this feed at its end; none is a day behind.
    table: 'changes',
    retentionMs: DAY_MS,
    deleteBatch: (tx, beforeMs, countMax) =>
      countOf(
        tx
          .deleteFrom('changes')
          .where('seq', 'in', (eb) =>
            eb.selectFrom('changes').select('seq').where('at', '<=', beforeMs).limit(countMax),
          )
          .executeTakeFirst(),
      ),
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
