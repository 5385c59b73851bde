import type { SigningAlgorithm } from '@keyporter/protocol'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'

/** A row of `signing_keys`. Keys belong to the installation, not to an organization. */
export type SigningKeyRow = Tables['signingKeys']

/** Returns all keys that are not destroyed. */
export async function selectKeys(db: Reader | Writer): Promise<readonly SigningKeyRow[]> {
  return db
    .selectFrom('signingKeys')
    .selectAll()
    .where('destroyedAt', 'is', null)
    .orderBy('activatesAt')
    .execute()
}

/** Inserts a key. */
export async function insertKey(tx: Writer, row: SigningKeyRow): Promise<void> {
  await tx.insertInto('signingKeys').values(row).execute()
}

/** Activates a pending key earlier. Returns false when it is already active. */
export async function advanceActivation(
  tx: Writer,
  kid: string,
  activatesAt: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('signingKeys')
    .set({ activatesAt })
    .where('kid', '=', kid)
    .where('activatesAt', '>', activatesAt)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Deletes the private key permanently and keeps the row. Returns false when another node deleted it first. */
export async function destroyKey(tx: Writer, kid: string, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('signingKeys')
    .set({ encryptedPrivateKey: null, destroyedAt: nowMs })
    .where('kid', '=', kid)
    .where('destroyedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Returns the algorithm of a row. */
export function algorithmOf(row: SigningKeyRow): SigningAlgorithm {
  // safe because only insertKey writes the column
  return row.algorithm as SigningAlgorithm
}
