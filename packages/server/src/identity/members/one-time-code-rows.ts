import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'

/** A one-time code as the store keeps it: its digest, and what it is for. */
export type OneTimeCode = Tables['oneTimeCodes']

/** Adds a code. */
export async function insertCode(tx: Writer, code: OneTimeCode): Promise<void> {
  await tx.insertInto('oneTimeCodes').values(code).execute()
}

/** A code that could be used now. Whose it is, is part of the answer. */
export async function findUsableCode(
  db: Reader,
  { purpose, digest, nowMs }: CodeLookup,
): Promise<OneTimeCode | undefined> {
  return db
    .selectFrom('oneTimeCodes')
    .selectAll()
    .where('digest', '=', digest)
    .where('purpose', '=', purpose)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', nowMs)
    .executeTakeFirst()
}

/** Which code is used, what for, and when. */
export type CodeLookup = {
  readonly purpose: CodePurpose
  readonly digest: string
  readonly nowMs: number
}

/** What a one-time code opens. */
export type CodePurpose = 'setup' | 'join'

/** Uses a code up. False when it cannot be used any more: of two who try, one succeeds. */
export async function consumeCode(
  tx: Writer,
  { purpose, digest, nowMs }: CodeLookup,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('oneTimeCodes')
    .set({ usedAt: nowMs })
    .where('digest', '=', digest)
    .where('purpose', '=', purpose)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', nowMs)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Kills the codes with which a member could choose a password. */
export async function revokeCodesOf(
  tx: Writer,
  organizationId: string,
  { memberId, nowMs }: { readonly memberId: string; readonly nowMs: number },
): Promise<void> {
  await tx
    .updateTable('oneTimeCodes')
    .set({ usedAt: nowMs })
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', memberId)
    .where('usedAt', 'is', null)
    .execute()
}

/** Kills every code of the first start. */
export async function revokeSetupCodes(tx: Writer, nowMs: number): Promise<void> {
  await tx
    .updateTable('oneTimeCodes')
    .set({ usedAt: nowMs })
    .where('purpose', '=', 'setup')
    .where('usedAt', 'is', null)
    .execute()
}
