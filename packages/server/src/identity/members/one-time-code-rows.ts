import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'

/** A stored one-time code. Contains the digest, never the code. */
export type OneTimeCode = Tables['oneTimeCodes']

/** Inserts a code. */
export async function insertCode(tx: Writer, code: OneTimeCode): Promise<void> {
  await tx.insertInto('oneTimeCodes').values(code).execute()
}

/** Returns the unused, unexpired code with this digest, in any organization. */
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

/** Purpose and digest of the requested code, and the current time. */
export type CodeLookup = {
  readonly purpose: CodePurpose
  readonly digest: string
  readonly nowMs: number
}

/** A `setup` code creates the first organization; a `join` code sets a member's password. */
export type CodePurpose = 'setup' | 'join'

/** Consumes a code. Returns false when it is used or expired: one of two concurrent requests succeeds. */
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

/** Revokes the unused codes of a member. */
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

/** Revokes the unused setup codes. */
export async function revokeSetupCodes(tx: Writer, nowMs: number): Promise<void> {
  await tx
    .updateTable('oneTimeCodes')
    .set({ usedAt: nowMs })
    .where('purpose', '=', 'setup')
    .where('usedAt', 'is', null)
    .execute()
}
