import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'

/** A stored code of a setup link or an invitation link. Contains the digest, never the code. */
export type LinkCode = Tables['linkCodes']

/** Inserts a code. */
export async function insertLinkCode(tx: Writer, code: LinkCode): Promise<void> {
  await tx.insertInto('linkCodes').values(code).execute()
}

/** Returns the unused, unexpired code with this digest, in any organization. */
export async function findUsableLinkCode(
  db: Reader,
  { purpose, digest, nowMs }: LinkCodeLookup,
): Promise<LinkCode | undefined> {
  return db
    .selectFrom('linkCodes')
    .selectAll()
    .where('digest', '=', digest)
    .where('purpose', '=', purpose)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', nowMs)
    .executeTakeFirst()
}

/** Purpose and digest of the requested code, and the current time. */
export type LinkCodeLookup = {
  readonly purpose: LinkCodePurpose
  readonly digest: string
  readonly nowMs: number
}

/** A `setup` code creates the first organization; an `invitation` code sets a member's password. */
export type LinkCodePurpose = 'setup' | 'invitation'

/** Consumes a code. Returns false when it is used or expired: one of two concurrent requests succeeds. */
export async function consumeLinkCode(
  tx: Writer,
  { purpose, digest, nowMs }: LinkCodeLookup,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('linkCodes')
    .set({ usedAt: nowMs })
    .where('digest', '=', digest)
    .where('purpose', '=', purpose)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', nowMs)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Revokes the unused codes of a member. */
export async function revokeLinkCodesOf(
  tx: Writer,
  organizationId: string,
  { memberId, nowMs }: { readonly memberId: string; readonly nowMs: number },
): Promise<void> {
  await tx
    .updateTable('linkCodes')
    .set({ usedAt: nowMs })
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', memberId)
    .where('usedAt', 'is', null)
    .execute()
}

/** Revokes the unused setup codes. */
export async function revokeSetupCodes(tx: Writer, nowMs: number): Promise<void> {
  await tx
    .updateTable('linkCodes')
    .set({ usedAt: nowMs })
    .where('purpose', '=', 'setup')
    .where('usedAt', 'is', null)
    .execute()
}
