import type { Clock } from '../platform/clock.ts'
import type { Writer } from './open.ts'

/** The record of the first request with a key. `status` is null while the request runs. */
export type IdempotencyRecord = {
  readonly fingerprint: string
  readonly status: number | null
  readonly body: string | null
}

type KeyOf = { readonly principal: string; readonly key: string }

/**
 * Stores the responses to idempotency keys for a day. Exactly one of several concurrent claims
 * succeeds.
 */
export type IdempotencyRecords = {
  /** Claims a key. Returns the existing record when the key was claimed within a day. */
  readonly claim: (
    claim: KeyOf & { readonly fingerprint: string },
  ) => Promise<IdempotencyRecord | undefined>
  readonly complete: (
    done: KeyOf & { readonly status: number; readonly body: string | null },
  ) => Promise<void>
  /** Releases a claim whose request failed. Completed records are kept. */
  readonly release: (claim: KeyOf) => Promise<void>
}

/** The dependencies of {@link createIdempotencyRecords}. */
export type IdempotencyRecordsDeps = {
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  readonly clock: Clock
}

const RETENTION_MS = 24 * 3_600_000

/** Creates the idempotency records of a store. */
export function createIdempotencyRecords({
  writeUnaudited,
  clock,
}: IdempotencyRecordsDeps): IdempotencyRecords {
  return {
    claim: (request) => writeUnaudited((tx) => claim(tx, request, clock.now())),
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
 * One statement inserts the claim or overwrites an expired record. When it does neither, a valid
 * record exists. The statement waits for a concurrent claim to commit.
 */
async function claim(
  tx: Writer,
  { principal, key, fingerprint }: KeyOf & { readonly fingerprint: string },
  nowMs: number,
): Promise<IdempotencyRecord | undefined> {
  const fresh = { fingerprint, status: null, body: null, createdAt: nowMs }
  const row = { ...fresh, expiresAt: nowMs + RETENTION_MS }
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
  // The conflict locked the row (PostgreSQL) or the database (SQLite), so the row exists.
  return tx
    .selectFrom('idempotencyKeys')
    .select(['fingerprint', 'status', 'body'])
    .where('principal', '=', principal)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
}
