import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import type { Member } from '../members/index.ts'

/** The secrets of a member's one-time codes as the store keeps them: sealed. */
export type TotpSecrets = Tables['totpSecrets']

type Owner = Pick<Member, 'id' | 'organizationId'>

/** A member's secrets; undefined where nothing was ever begun. */
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

/** Keeps a secret that has to be confirmed, in the place of an earlier such one. */
export async function savePendingSecret(
  tx: Writer,
  { id: memberId, organizationId }: Owner,
  pending: { readonly sealedPending: string; readonly pendingExpiresAt: number },
): Promise<void> {
  await tx
    .insertInto('totpSecrets')
    .values({ memberId, organizationId, sealedSecret: null, lastStep: 0, ...pending })
    .onConflict((conflict) => conflict.column('memberId').doUpdateSet(pending))
    .execute()
}

/** Puts the confirmed secret into use. False when it waits no longer: of two who confirm it, one does. */
export async function confirmSecret(
  tx: Writer,
  { id, organizationId }: Owner,
  { sealedPending, step }: { readonly sealedPending: string; readonly step: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('totpSecrets')
    .set({ sealedSecret: sealedPending, lastStep: step, sealedPending: null })
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', id)
    .where('sealedPending', '=', sealedPending)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Uses a time step up. False when it, or a later one, was used: of two who try, one succeeds (RFC 6238 §5.2). */
export async function consumeTimeStep(
  tx: Writer,
  { id, organizationId }: Owner,
  { sealedSecret, step }: { readonly sealedSecret: string; readonly step: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('totpSecrets')
    .set({ lastStep: step })
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', id)
    .where('sealedSecret', '=', sealedSecret)
    .where('lastStep', '<', step)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Forgets a member's secrets. */
export async function deleteTotpSecrets(tx: Writer, { id, organizationId }: Owner): Promise<void> {
  await tx
    .deleteFrom('totpSecrets')
    .where('organizationId', '=', organizationId)
    .where('memberId', '=', id)
    .execute()
}
