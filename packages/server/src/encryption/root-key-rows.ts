import { AppError } from '../kernel/app-error.ts'
import type { Reader, Writer } from '../store/open.ts'
import { readKeyId, type Sealing } from './envelope.ts'
import type { RootSealing } from './root-encryption.ts'

/** Sealed under the present root key, and nothing else: says which one that is. */
const CHECK = 'root_key_check'
/** While there may be values under the root key before it: the id of that one. */
const PREVIOUS = 'root_key_previous'

/** Which root key the store is sealed under. */
export type RootKeyState = {
  readonly presentKeyId: string
  /** The one before it, as long as values may be under it. */
  readonly previousKeyId: string | undefined
}

/** Reads which root key the store is sealed under. */
export async function findRootKeyState(db: Reader | Writer): Promise<RootKeyState> {
  const rows = await db
    .selectFrom('settings')
    .selectAll()
    .where('name', 'in', [CHECK, PREVIOUS])
    .execute()
  const valueOf = (wanted: string) => rows.find(({ name }) => name === wanted)?.value
  return {
    presentKeyId: readKeyId(valueOf(CHECK) ?? '') ?? '',
    previousKeyId: valueOf(PREVIOUS),
  }
}

/**
 * The present root key, and the promise that it stays that to the end of the transaction: so nothing is
 * sealed under a key of which another node has just counted that nothing is left.
 *
 * @throws {AppError} `unavailable` when it is not at hand here
 */
export async function holdRootKey(tx: Writer, sealing: RootSealing): Promise<Sealing> {
  // An update that changes nothing locks its row on every engine.
  const { value } = await tx
    .updateTable('settings')
    .set(({ ref }) => ({ value: ref('value') }))
    .where('name', '=', CHECK)
    .returning('value')
    .executeTakeFirstOrThrow()
  return sealing.under(readKeyId(value) ?? '') ?? missing()
}

/**
 * Requires that what is about to be stored is under the present root key, and stays under it to the end
 * of the transaction.
 *
 * @throws {AppError} `unavailable` when the key was rotated a moment ago
 */
export async function requireUnderRootKey(
  tx: Writer,
  sealing: RootSealing,
  sealed: string | null,
): Promise<void> {
  const { keyId } = await holdRootKey(tx, sealing)
  if (sealed !== null && readKeyId(sealed) === keyId) return
  throw new AppError('unavailable', {
    detail: 'The root key was rotated at this moment. Try again.',
    retryAfterSeconds: 2,
  })
}

/**
 * Makes another root key the present one. From here on two are needed, until nothing is left under the
 * one before.
 *
 * @throws {AppError} `already_exists` when the rotation before this one is not done
 */
export async function switchRootKey(
  tx: Writer,
  sealing: RootSealing,
  nextKeyId: string,
): Promise<RootKeyState> {
  const present = await holdRootKey(tx, sealing)
  const { previousKeyId } = await findRootKeyState(tx)
  if (previousKeyId !== undefined || present.keyId === nextKeyId) throw rotationUnderWay()
  const check = await tx
    .selectFrom('settings')
    .select('value')
    .where('name', '=', CHECK)
    .executeTakeFirstOrThrow()
  const place = settingPlace(CHECK)
  const plaintext = present.open(check.value, place)
  const value = (sealing.under(nextKeyId) ?? missing()).seal(plaintext, place)
  await tx.updateTable('settings').set({ value }).where('name', '=', CHECK).execute()
  await tx.insertInto('settings').values({ name: PREVIOUS, value: present.keyId }).execute()
  return { presentKeyId: nextKeyId, previousKeyId: present.keyId }
}

/** Notes that nothing is under the root key before this one. False when another node was first. */
export async function forgetPreviousRootKey(tx: Writer, keyId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('settings')
    .where('name', '=', PREVIOUS)
    .where('value', '=', keyId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Where a setting is sealed. */
export function settingPlace(name: string) {
  return { organization: 'installation', record: name, field: 'settings', version: 1 } as const
}

function missing(): never {
  throw new AppError('unavailable', {
    detail: 'The present root key is not at hand on this node.',
    retryAfterSeconds: 60,
  })
}

/** The refusal of a rotation while another one is not done. */
export function rotationUnderWay(): AppError {
  return new AppError('already_exists', {
    detail: 'A rotation of the root key is under way. The next one can begin when it is done.',
  })
}
