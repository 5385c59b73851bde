import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'

/** A consent that a person was sent to give, as the store keeps it. */
export type ConsentRow = Tables['upstreamConsents']

/** Adds a consent. */
export async function insertConsent(tx: Writer, consent: ConsentRow): Promise<void> {
  await tx.insertInto('upstreamConsents').values(consent).execute()
}

/** A consent that could be completed now. Whose it is, is part of the answer. */
export async function findOpenConsent(
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

/** Which consent is completed, and when. */
export type ConsentUse = { readonly digest: string; readonly nowMs: number }

/** Uses a consent up. False when it cannot be completed any more: of two who try, one succeeds. */
export async function useConsent(tx: Writer, { digest, nowMs }: ConsentUse): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('upstreamConsents')
    .set({ usedAt: nowMs })
    .where('digest', '=', digest)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', nowMs)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
