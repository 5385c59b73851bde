import type { Clock } from '../platform/clock.ts'
import type { Writer } from './open.ts'

/** The record of the first request with a key. */
export type IdempotencyRecord = {
  /** A digest of the request, to detect a different request with the same key. */
  readonly fingerprint: string
  /** Null while the request runs. */
  readonly status: number | null
  readonly body: string | null
}

/** An idempotency key, and the caller (`principal`) that sent it. */
type RecordKey = { readonly principal: string; readonly key: string }

/**
 * Stores the responses to idempotency keys for a day. Exactly one of several concurrent claims
 * succeeds.
 */
export type IdempotencyRecords = {
  /** Claims a key for a request. Returns the existing record if the key was claimed within a day. */
  readonly claim: (
    claim: RecordKey & { readonly fingerprint: string },
  ) => Promise<IdempotencyRecord | undefined>
  /** Stores the response of the request that claimed the key. */
  readonly complete: (
    done: RecordKey & { readonly status: number; readonly body: string | null },
  ) => Promise<void>
  /** Releases a claim whose request failed. Completed records are kept. */
  readonly release: (claim: RecordKey) => Promise<void>
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
  { principal, key, fingerprint }: RecordKey & { readonly fingerprint: string },
  nowMs: number,
): Promise<IdempotencyRecord | undefined> {
  const fresh = { fingerprint, status: null, body: null, createdAt: nowMs }
  const row = { ...fresh, expiresAt: nowMs + RETENTION_MS }
  const claimed = await tx
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
  if (claimed !== undefined) return undefined
  // The conflict locked the row (PostgreSQL) or the database (SQLite), so the row exists.
  return tx
    .selectFrom('idempotencyKeys')
    .select(['fingerprint', 'status', 'body'])
    .where('principal', '=', principal)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
}
