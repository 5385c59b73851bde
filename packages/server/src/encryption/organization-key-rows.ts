import type { Engine } from '../store/engine.ts'
import type { Reader, Writer } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'

/** A key under which secrets of one organization are sealed; itself sealed under the root key. */
export type OrganizationKey = Tables['organizationKeys']

/** Where the key of an organization is sealed. */
export function organizationKeyPlace({
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

/** A key of an organization, whatever its state. */
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
 * The key that an organization's secrets are sealed with now, and the promise that it stays that to the
 * end of the transaction: so nothing is sealed under a key of which it was found that nothing is left.
 */
export async function holdPresentKey(
  tx: Writer,
  { engine, organizationId }: { readonly engine: Engine; readonly organizationId: string },
): Promise<OrganizationKey | undefined> {
  const query = tx
    .selectFrom('organizationKeys')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where('retiredAt', 'is', null)
    .where('destroyedAt', 'is', null)
  // With SQLite there is one writer. Those who only seal are not in each other's way on PostgreSQL either.
  return (engine === 'sqlite' ? query : query.forShare()).executeTakeFirst()
}

/** Adds the present key of an organization; does nothing where there is one. */
export async function insertOrganizationKey(tx: Writer, key: OrganizationKey): Promise<void> {
  await tx
    .insertInto('organizationKeys')
    .values(key)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Adds to the number of values that were sealed with a key. */
export async function addSealedCount(tx: Writer, id: string, count: number): Promise<void> {
  await tx
    .updateTable('organizationKeys')
    .set(({ eb }) => ({ sealedCount: eb('sealedCount', '+', count) }))
    .where('id', '=', id)
    .execute()
}

/** Which present keys are meant: those of one organization, or those that sealed at least so many values. */
export type PresentKeys = {
  readonly organizationId?: string | undefined
  readonly sealedCountMin?: number
}

/**
 * Seals nothing more with the present keys; the next secret makes a new one. Waits for those who seal at
 * the moment. Returns the organizations.
 */
export async function retirePresentKeys(
  tx: Writer,
  { organizationId, sealedCountMin = 0 }: PresentKeys,
  nowMs: number,
): Promise<readonly string[]> {
  let query = tx
    .updateTable('organizationKeys')
    .set({ retiredAt: nowMs })
    .where('retiredAt', 'is', null)
    .where('destroyedAt', 'is', null)
    .where('sealedCount', '>=', sealedCountMin)
  if (organizationId !== undefined) query = query.where('organizationId', '=', organizationId)
  const rows = await query.returning('organizationId').execute()
  return rows.map((row) => row.organizationId)
}

/** Whether a present key sealed at least so many values. */
export async function hasWornKey(db: Reader, sealedCountMin: number): Promise<boolean> {
  const row = await db
    .selectFrom('organizationKeys')
    .select('id')
    .where('retiredAt', 'is', null)
    .where('destroyedAt', 'is', null)
    .where('sealedCount', '>=', sealedCountMin)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Retired keys that still open something, in the order of their ids, after the given one. */
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

/** Destroys keys of an organization, for good: one, or all of them. Returns how many there were. */
export async function destroyOrganizationKeys(
  tx: Writer,
  { organizationId, id }: { readonly organizationId: string; readonly id?: string },
  nowMs: number,
): Promise<number> {
  let query = tx
    .updateTable('organizationKeys')
    .set({ sealedKey: null, destroyedAt: nowMs })
    .where('organizationId', '=', organizationId)
    .where('destroyedAt', 'is', null)
  if (id !== undefined) query = query.where('id', '=', id)
  const { numUpdatedRows } = await query.executeTakeFirst()
  return Number(numUpdatedRows)
}

/** Counts the current keys, and the retired keys that some secrets still need. */
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
