import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import type { Member } from '../members/index.ts'

/** A member's stored TOTP secrets, encrypted. */
export type TotpSecrets = Tables['totpSecrets']

type Owner = Pick<Member, 'id' | 'organizationId'>

/** Returns a member's secrets. Undefined when the setup was never started. */
export async function findTotpSecrets(
  db: Reader,
  { id, organizationId }: Owner,
): Promise<TotpSecrets | undefined> {
  return db
    .selectFrom('totpSecrets')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', id)
    .executeTakeFirst()
}

/** Stores a secret to be confirmed. Replaces an earlier pending secret. */
export async function savePendingSecret(
  tx: Writer,
  { id: memberId, organizationId }: Owner,
  pending: { readonly encryptedPendingSecret: string; readonly pendingExpiresAt: number },
): Promise<void> {
  await tx
    .insertInto('totpSecrets')
    .values({ memberId, organizationId, encryptedSecret: null, lastStep: 0, ...pending })
    .onConflict((conflict) => conflict.column('memberId').doUpdateSet(pending))
    .execute()
}

/** Activates the pending secret. Returns false when it is no longer pending: one of two requests succeeds. */
export async function confirmSecret(
  tx: Writer,
  { id, organizationId }: Owner,
  {
    encryptedPendingSecret,
    step,
  }: { readonly encryptedPendingSecret: string; readonly step: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('totpSecrets')
    .set({ encryptedSecret: encryptedPendingSecret, lastStep: step, encryptedPendingSecret: null })
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', id)
    .where('encryptedPendingSecret', '=', encryptedPendingSecret)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Consumes a time step. Returns false when this step or a later one was used, so that a code works only once.
 *
 * @see RFC 6238 §5.2
 */
export async function consumeTimeStep(
  tx: Writer,
  { id, organizationId }: Owner,
  { encryptedSecret, step }: { readonly encryptedSecret: string; readonly step: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('totpSecrets')
    .set({ lastStep: step })
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', id)
    .where('encryptedSecret', '=', encryptedSecret)
    .where('lastStep', '<', step)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Deletes a member's secrets. */
export async function deleteTotpSecrets(tx: Writer, { id, organizationId }: Owner): Promise<void> {
  await tx
    .deleteFrom('totpSecrets')
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', id)
    .execute()
}
