import { AppError } from '../kernel/app-error.ts'
import type { Reader, Writer } from '../store/open.ts'
import { type Encryption, readKeyId } from './envelope.ts'
import type { RootEncryption } from './root-encryption.ts'

/**
 * Random bytes, encrypted under the current root key: the key id of the ciphertext names that key.
 */
const CHECK = 'root_key_check'
/** The id of the previous root key, while data may be encrypted under it. */
const PREVIOUS = 'root_key_previous'

/** The root keys that encrypt the store. */
export type RootKeyState = {
  readonly currentKeyId: string
  /** Defined while data may be encrypted under the previous key. */
  readonly previousKeyId: string | undefined
}

/** Returns the ids of the root keys that encrypt the store. */
export async function findRootKeyState(db: Reader | Writer): Promise<RootKeyState> {
  const rows = await db
    .selectFrom('settings')
    .selectAll()
    .where('name', 'in', [CHECK, PREVIOUS])
    .execute()
  const valueOf = (wanted: string) => rows.find(({ name }) => name === wanted)?.value
  return {
    currentKeyId: readKeyId(valueOf(CHECK) ?? '') ?? '',
    previousKeyId: valueOf(PREVIOUS),
  }
}

/**
 * Returns the current root key and locks it until the end of the transaction. Otherwise a
 * transaction could encrypt under a key that another node has just found unused.
 *
 * @throws {AppError} `unavailable` when this node does not have the key
 */
export async function lockRootKey(tx: Writer, rootEncryption: RootEncryption): Promise<Encryption> {
  // An update that changes nothing locks its row on every engine.
  const { value } = await tx
    .updateTable('settings')
    .set(({ ref }) => ({ value: ref('value') }))
    .where('name', '=', CHECK)
    .returning('value')
    .executeTakeFirstOrThrow()
  return rootEncryption.withKey(readKeyId(value) ?? '') ?? keyUnavailable()
}

/**
 * Requires that a ciphertext is under the current root key, and locks the key until the end of the
 * transaction.
 *
 * @throws {AppError} `unavailable` when the key was rotated after the encryption
 */
export async function requireCurrentRootKey(
  tx: Writer,
  rootEncryption: RootEncryption,
  ciphertext: string | null,
): Promise<void> {
  const { keyId } = await lockRootKey(tx, rootEncryption)
  if (ciphertext !== null && readKeyId(ciphertext) === keyId) return
  throw new AppError('unavailable', {
    detail: 'The root key was rotated during the request. Retry the request.',
    retryAfterSeconds: 2,
  })
}

/**
 * Makes another root key the current one. Both keys are required until all data is re-encrypted.
 *
 * @throws {AppError} `already_exists` while an earlier rotation is in progress
 */
export async function switchRootKey(
  tx: Writer,
  rootEncryption: RootEncryption,
  nextKeyId: string,
): Promise<RootKeyState> {
  const current = await lockRootKey(tx, rootEncryption)
  const { previousKeyId } = await findRootKeyState(tx)
  if (previousKeyId !== undefined || current.keyId === nextKeyId) throw rotationInProgress()
  const check = await tx
    .selectFrom('settings')
    .select('value')
    .where('name', '=', CHECK)
    .executeTakeFirstOrThrow()
  const context = settingContext(CHECK)
  const plaintext = current.decrypt(check.value, context)
  const value = (rootEncryption.withKey(nextKeyId) ?? keyUnavailable()).encrypt(plaintext, context)
  await tx.updateTable('settings').set({ value }).where('name', '=', CHECK).execute()
  await tx.insertInto('settings').values({ name: PREVIOUS, value: current.keyId }).execute()
  return { currentKeyId: nextKeyId, previousKeyId: current.keyId }
}

/**
 * Records that no data is under the previous root key. Returns false when another node recorded it
 * first.
 */
export async function clearPreviousRootKey(tx: Writer, keyId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('settings')
    .where('name', '=', PREVIOUS)
    .where('value', '=', keyId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Returns the encryption context of a setting. */
export function settingContext(name: string) {
  return { organization: 'installation', record: name, field: 'settings', version: 1 } as const
}

function keyUnavailable(): never {
  throw new AppError('unavailable', {
    detail: 'This node does not have the current root key. Restart the node with the current key.',
    retryAfterSeconds: 60,
  })
}

/** Returns the error for a rotation that is requested while another one is in progress. */
export function rotationInProgress(): AppError {
  return new AppError('already_exists', {
    detail: 'A rotation of the root key is in progress. Retry when it is complete.',
  })
}
