import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'

/** A row of a started consent. */
export type ConsentRow = Tables['upstreamConsents']

/** Inserts a consent. */
export async function insertConsent(tx: Writer, consent: ConsentRow): Promise<void> {
  await tx.insertInto('upstreamConsents').values(consent).execute()
}

/**
 * Returns a consent that can be completed now, of any organization. The caller checks its member.
 */
export async function findPendingConsent(
  db: Reader,
  { digest, nowMs }: ConsentUse,
): Promise<ConsentRow | undefined> {
  return db
    .selectFrom('upstreamConsents')
    .selectAll()
    .where('digest', '=', digest)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', nowMs)
    .executeTakeFirst()
}

/** The consent to complete, and the current time. */
export type ConsentUse = { readonly digest: string; readonly nowMs: number }

/**
 * Marks a consent as used. Returns false if it cannot be completed any more: of two concurrent
 * requests, one succeeds.
 */
export async function consumeConsent(tx: Writer, { digest, nowMs }: ConsentUse): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('upstreamConsents')
    .set({ usedAt: nowMs })
    .where('digest', '=', digest)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', nowMs)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
