import type { Reader, Writer } from '../../store/open.ts'
import type { Member } from '../members/index.ts'

type Owner = Pick<Member, 'id' | 'organizationId'>

/** Returns whether a member has an unused recovery code with this digest. */
export async function hasRecoveryCode(
  db: Reader,
  { id, organizationId }: Owner,
  digest: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('recoveryCodes')
    .select('digest')
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', id)
    .where('digest', '=', digest)
    .where('usedAt', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** Consumes a recovery code. Returns false when it is used: one of two concurrent requests succeeds. */
export async function consumeRecoveryCode(
  tx: Writer,
  { id, organizationId }: Owner,
  { digest, nowMs }: { readonly digest: string; readonly nowMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('recoveryCodes')
    .set({ usedAt: nowMs })
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', id)
    .where('digest', '=', digest)
    .where('usedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Replaces all recovery codes of a member. */
export async function replaceRecoveryCodes(
  tx: Writer,
  { id: memberId, organizationId }: Owner,
  { digests, nowMs }: { readonly digests: readonly string[]; readonly nowMs: number },
): Promise<void> {
  await tx
    .deleteFrom('recoveryCodes')
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', memberId)
    .execute()
  if (digests.length === 0) return
  await tx
    .insertInto('recoveryCodes')
    .values(
      digests.map((digest) => ({
        digest,
        memberId,
        organizationId,
        createdAt: nowMs,
        usedAt: null,
      })),
    )
    .execute()
}
