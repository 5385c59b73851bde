import type { Clock } from '../platform/clock.ts'
import type { Writer } from './open.ts'

/** What was kept of the first request under a key; without status while it runs. */
export type IdempotencyRecord = {
  readonly fingerprint: string
  readonly status: number | null
  readonly body: string | null
}

type KeyOf = { readonly principal: string; readonly key: string }

/** Keeps for a day what was answered under an idempotency key. Of racing claims exactly one is first. */
export type IdempotencyRecords = {
  /** Claims a key; gives the earlier record when it was claimed within a day. */
  readonly claim: (
    claim: KeyOf & { readonly fingerprint: string },
  ) => Promise<IdempotencyRecord | undefined>
  readonly complete: (
    done: KeyOf & { readonly status: number; readonly body: string | null },
  ) => Promise<void>
  /** Gives a claim back that came to nothing. What was completed stays. */
  readonly release: (claim: KeyOf) => Promise<void>
}

/** What the records need. */
export type IdempotencyRecordsDeps = {
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  readonly clock: Clock
}

const KEPT_MS = 24 * 3_600_000

/** The records, in the store. */
export function createIdempotencyRecords({
  writeUnaudited,
  clock,
}: IdempotencyRecordsDeps): IdempotencyRecords {
  return {
    claim: (asked) => writeUnaudited((tx) => claim(tx, asked, clock.now())),
    complete: ({ principal, key, status, body }) =>
      writeUnaudited(async (tx) => {
        await tx
          .updateTable('idempotencyKeys')
          .set({ status, body })
          .where('principal', '=', principal)
          .where('key', '=', key)
          .execute()
      }),
    release: ({ principal, key }) =>
      writeUnaudited(async (tx) => {
        await tx
          .deleteFrom('idempotencyKeys')
          .where('principal', '=', principal)
          .where('key', '=', key)
          .where('status', 'is', null)
          .execute()
      }),
  }
}

/**
 * One statement inserts the claim, or takes over the row of one that has expired; where it does neither,
 * a live record stands there. A racing claim makes the statement wait until the other has committed.
 */
async function claim(
  tx: Writer,
  { principal, key, fingerprint }: KeyOf & { readonly fingerprint: string },
  nowMs: number,
): Promise<IdempotencyRecord | undefined> {
  const fresh = { fingerprint, status: null, body: null, createdAt: nowMs }
  const row = { ...fresh, expiresAt: nowMs + KEPT_MS }
  const mine = await tx
    .insertInto('idempotencyKeys')
    .values({ principal, key, ...row })
    .onConflict((conflict) =>
      conflict
        .columns(['principal', 'key'])
        .doUpdateSet(row)
        .where('idempotencyKeys.expiresAt', '<=', nowMs),
    )
    .returning('key')
    .executeTakeFirst()
  if (mine !== undefined) return undefined
  // The conflict locked the row (PostgreSQL) or everything (SQLite): it cannot be gone.
  return tx
    .selectFrom('idempotencyKeys')
    .select(['fingerprint', 'status', 'body'])
    .where('principal', '=', principal)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
}
