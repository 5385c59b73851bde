import type { Engine } from '../store/engine.ts'
import type { Reader, Writer } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'

/** A key that encrypts the secrets of one organization. The root key encrypts the key itself. */
export type OrganizationKey = Tables['organizationKeys']

/** Returns the encryption context of an organization's key. */
export function organizationKeyContext({
  id,
  organizationId,
}: Pick<OrganizationKey, 'id' | 'organizationId'>) {
  return {
    organization: organizationId,
    record: id,
    field: 'organization_key',
    version: 1,
  } as const
}

/** Finds a key of an organization in any state. */
export async function findOrganizationKey(
  db: Reader | Writer,
  { id, organizationId }: Pick<OrganizationKey, 'id' | 'organizationId'>,
): Promise<OrganizationKey | undefined> {
  return db
    .selectFrom('organizationKeys')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', organizationId)
    .executeTakeFirst()
}

/**
 * Returns the current key of an organization and locks it until the end of the transaction.
 * Otherwise a transaction could encrypt under a key that another node has just found unused and
 * destroys.
 */
export async function lockCurrentKey(
  tx: Writer,
  { engine, organizationId }: { readonly engine: Engine; readonly organizationId: string },
): Promise<OrganizationKey | undefined> {
  const query = tx
    .selectFrom('organizationKeys')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where('retiredAt', 'is', null)
    .where('destroyedAt', 'is', null)
  // SQLite has one writer. On PostgreSQL a share lock lets several transactions encrypt at once.
  return (engine === 'sqlite' ? query : query.forShare()).executeTakeFirst()
}

/** Inserts the current key of an organization. Does nothing when one exists. */
export async function insertOrganizationKey(tx: Writer, key: OrganizationKey): Promise<void> {
  await tx
    .insertInto('organizationKeys')
    .values(key)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Adds to the number of encryptions under a key. */
export async function addEncryptionCount(tx: Writer, id: string, count: number): Promise<void> {
  await tx
    .updateTable('organizationKeys')
    .set(({ eb }) => ({ encryptionCount: eb('encryptionCount', '+', count) }))
    .where('id', '=', id)
    .execute()
}

/** Selects current keys by organization or by number of encryptions. */
export type CurrentKeyFilter = {
  readonly organizationId?: string | undefined
  readonly encryptionCountMin?: number
}

/**
 * Retires current keys and returns the ids of their organizations. The next encryption creates a
 * new key. Waits for transactions that are encrypting under the keys.
 */
export async function retireCurrentKeys(
  tx: Writer,
  { organizationId, encryptionCountMin = 0 }: CurrentKeyFilter,
  nowMs: number,
): Promise<readonly string[]> {
  let query = tx
    .updateTable('organizationKeys')
    .set({ retiredAt: nowMs })
    .where('retiredAt', 'is', null)
    .where('destroyedAt', 'is', null)
    .where('encryptionCount', '>=', encryptionCountMin)
  if (organizationId !== undefined) query = query.where('organizationId', '=', organizationId)
  const rows = await query.returning('organizationId').execute()
  return rows.map((row) => row.organizationId)
}

/** Returns whether a current key has reached the number of encryptions. */
export async function hasExhaustedKey(db: Reader, encryptionCountMin: number): Promise<boolean> {
  const row = await db
    .selectFrom('organizationKeys')
    .select('id')
    .where('retiredAt', 'is', null)
    .where('destroyedAt', 'is', null)
    .where('encryptionCount', '>=', encryptionCountMin)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Returns retired keys that are not destroyed yet, in the order of their ids, after the given id.
 */
export async function selectRetiredKeys(
  db: Reader,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly OrganizationKey[]> {
  return db
    .selectFrom('organizationKeys')
    .selectAll()
    .where('retiredAt', 'is not', null)
    .where('destroyedAt', 'is', null)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
}

/** Permanently destroys one key of an organization, or all of them. Returns their number. */
export async function destroyOrganizationKeys(
  tx: Writer,
  { organizationId, id }: { readonly organizationId: string; readonly id?: string },
  nowMs: number,
): Promise<number> {
  let query = tx
    .updateTable('organizationKeys')
    .set({ encryptedKey: null, destroyedAt: nowMs })
    .where('organizationId', '=', organizationId)
    .where('destroyedAt', 'is', null)
  if (id !== undefined) query = query.where('id', '=', id)
  const { numUpdatedRows } = await query.executeTakeFirst()
  return Number(numUpdatedRows)
}

/** Returns the number of current keys, and of retired keys that are not destroyed yet. */
export async function countOrganizationKeys(
  db: Reader | Writer,
  organizationId: string | undefined,
): Promise<{ readonly current: number; readonly retired: number }> {
  let query = db
    .selectFrom('organizationKeys')
    .select(({ fn }) => [
      fn.count<number | string>('id').as('all'),
      fn.count<number | string>('retiredAt').as('retired'),
    ])
    .where('destroyedAt', 'is', null)
  if (organizationId !== undefined) query = query.where('organizationId', '=', organizationId)
  const { all, retired } = await query.executeTakeFirstOrThrow()
  return { current: Number(all) - Number(retired), retired: Number(retired) }
}
