import type { Clock } from '../platform/clock.ts'
import type { Writer } from './open.ts'

/** The record of the first request with a key. */
export type IdempotencyRecord = {
  /** A digest of the request, to detect a different request with the same key. */
  readonly fingerprint: string
  /** Null while the request runs, or if its response was not stored. */
  readonly status: number | null
  readonly body: string | null
  /** The resource that the request has changed; null before its change is committed. */
  readonly targetId: string | null
}

/** Identifies one attempt to execute a request with an idempotency key. */
export type IdempotencyClaim = {
  /** The kind and the ID of the caller, for example `credential:cred_…`. */
  readonly principal: string
  readonly key: string
  /** A random identifier of the attempt. */
  readonly claimant: string
}

/**
 * Stores the responses to idempotency keys for a day. Exactly one of several concurrent claims
 * succeeds.
 */
export type IdempotencyRecords = {
  /**
   * Claims a key for a request. Returns the existing record if the key was claimed within a day.
   * After two minutes, another request can replace a claim without a committed change. The earlier
   * attempt can then no longer commit, see {@link markClaim}.
   */
  readonly claim: (
    claim: IdempotencyClaim & { readonly fingerprint: string },
  ) => Promise<IdempotencyRecord | undefined>
  /** Stores the response of the request that claimed the key. */
  readonly complete: (
    done: IdempotencyClaim & { readonly status: number; readonly body: string | null },
  ) => Promise<void>
  /** Releases a claim whose request failed before it changed anything. Other records are kept. */
  readonly release: (claim: IdempotencyClaim) => Promise<void>
}

/** The dependencies of {@link createIdempotencyRecords}. */
export type IdempotencyRecordsDeps = {
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  readonly clock: Clock
}

const RETENTION_MS = 24 * 3_600_000
const CLAIM_MS = 2 * 60_000

/** Creates the idempotency records of a store. */
export function createIdempotencyRecords({
  writeUnaudited,
  clock,
}: IdempotencyRecordsDeps): IdempotencyRecords {
  return {
    claim: (request) => writeUnaudited((tx) => claim(tx, request, clock.now())),
    complete: ({ status, body, ...of }) =>
      writeUnaudited(
        async (tx) => void (await updateClaimed(tx, of).set({ status, body }).execute()),
      ),
    release: ({ principal, key, claimant }) =>
      writeUnaudited(async (tx) => {
        await tx
          .deleteFrom('idempotencyKeys')
          .where('principal', '=', principal)
          .where('key', '=', key)
          .where('claimant', '=', claimant)
          .where('status', 'is', null)
          .where('targetId', 'is', null)
          .execute()
      }),
  }
}

/**
 * Records, in the transaction of a change, that the claimed request made the change. Returns false if
 * another attempt replaced the claim. The transaction must then be rolled back.
 */
export async function markClaim(
  tx: Writer,
  claimed: IdempotencyClaim,
  targetId: string,
): Promise<boolean> {
  const { numUpdatedRows } = await updateClaimed(tx, claimed).set({ targetId }).executeTakeFirst()
  return numUpdatedRows > 0n
}

function updateClaimed(tx: Writer, { principal, key, claimant }: IdempotencyClaim) {
  return tx
    .updateTable('idempotencyKeys')
    .where('principal', '=', principal)
    .where('key', '=', key)
    .where('claimant', '=', claimant)
}

/**
 * One statement inserts the claim, or overwrites an expired record or an interrupted claim. When it
 * does neither, a valid record exists. The statement waits for a concurrent claim to commit.
 */
async function claim(
  tx: Writer,
  { principal, key, claimant, fingerprint }: IdempotencyClaim & { readonly fingerprint: string },
  nowMs: number,
): Promise<IdempotencyRecord | undefined> {
  const row = {
    fingerprint,
    claimant,
    status: null,
    body: null,
    targetId: null,
    createdAt: nowMs,
    expiresAt: nowMs + RETENTION_MS,
  }
  const claimed = await tx
    .insertInto('idempotencyKeys')
    .values({ principal, key, ...row })
    .onConflict((conflict) =>
      conflict
        .columns(['principal', 'key'])
        .doUpdateSet(row)
        .where((eb) =>
          eb.or([
            eb('idempotencyKeys.expiresAt', '<=', nowMs),
            eb.and([
              eb('idempotencyKeys.status', 'is', null),
              eb('idempotencyKeys.targetId', 'is', null),
              eb('idempotencyKeys.fingerprint', '=', fingerprint),
              eb('idempotencyKeys.createdAt', '<=', nowMs - CLAIM_MS),
            ]),
          ]),
        ),
    )
    .returning('key')
    .executeTakeFirst()
  if (claimed !== undefined) return undefined
  // The conflict locked the row (PostgreSQL) or the database (SQLite), so the row exists.
  return tx
    .selectFrom('idempotencyKeys')
    .select(['fingerprint', 'status', 'body', 'targetId'])
    .where('principal', '=', principal)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
}
