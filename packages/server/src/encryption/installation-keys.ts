import { randomBytes } from 'node:crypto'
import type { Store, Writer } from '../store/open.ts'
import { createDigests, type Digests } from './digests.ts'
import { createEncryption, type Encryption, readKeyId } from './envelope.ts'
import { createRootEncryption, type RootEncryption } from './root-encryption.ts'
import {
  adoptNextRootKeyFile,
  createNextRootKeyFile,
  createRootKeyFile,
  readRootKeyFiles,
  removeStagedRootKeys,
} from './root-key.ts'
import { findRootKeyState, settingContext } from './root-key-rows.ts'

/** The keys of the installation, decrypted. */
export type InstallationKeys = {
  readonly rootEncryption: RootEncryption
  readonly digests: Digests
}

/** The sources of the root key. */
export type RootKeySource = {
  /** KEYPORTER_ROOT_KEY; without it the data directory contains the key. */
  readonly configured: Uint8Array | undefined
  /** KEYPORTER_ROOT_KEY_PREVIOUS: needed until a rotation of the root key is complete. */
  readonly previous: Uint8Array | undefined
  readonly dataDirectory: string
}

const names = ['root_key_check', 'digest_key', 'audit_key'] as const

/**
 * Decrypts the installation's keys with the root key. For an empty database it creates them.
 *
 * @throws {Error} when the root key is missing or does not match the database. A new root key is
 *   never created for existing data, because it could decrypt none of it.
 */
export async function loadInstallationKeys(
  store: Store,
  source: RootKeySource,
): Promise<InstallationKeys> {
  const stored = await readSettings(store)
  const isEmpty = stored.size === 0
  const keys = availableRootKeys(source, isEmpty)
  const [newest] = keys
  if (newest === undefined) {
    throw new Error(
      'The root key of this database is missing. Set KEYPORTER_ROOT_KEY, or restore root.key in the data directory.',
    )
  }
  if (isEmpty) await store.transact((tx) => insertSettings(tx, createEncryption(newest)))
  const settings = isEmpty ? await readSettings(store) : stored
  // Key files are used only with SQLite: with PostgreSQL, other nodes cannot read a file that this
  // node creates.
  const hasFiles = source.configured === undefined && store.engine === 'sqlite'
  const rootEncryption = createRootEncryption({
    keys,
    currentKeyId: readKeyId(settings.get('root_key_check') ?? '') ?? '',
    ...(hasFiles ? { files: keyFiles(source.dataDirectory) } : {}),
  })
  const decrypt = (name: (typeof names)[number]) =>
    decryptSetting(rootEncryption, name, settings.get(name))
  decrypt('root_key_check')
  // The other settings may still be encrypted under the previous root key.
  await finishRotationOrRequirePrevious(store, rootEncryption)
  // The store's lock guarantees that no other process is writing a root key.
  if (hasFiles) removeStagedRootKeys(source.dataDirectory)
  return { rootEncryption, digests: createDigests(decrypt('digest_key'), decrypt('audit_key')) }
}

/**
 * Returns the root keys, newest first. Creates one for an empty database without a configured key.
 */
function availableRootKeys(
  { configured, previous, dataDirectory }: RootKeySource,
  isEmpty: boolean,
): readonly Uint8Array[] {
  const found = configured === undefined ? readRootKeyFiles(dataDirectory) : [configured]
  if (found.length === 0 && !isEmpty) return []
  const keys = found.length === 0 ? [createRootKeyFile(dataDirectory)] : found
  return previous === undefined ? keys : [...keys, previous]
}

function keyFiles(dataDirectory: string) {
  return {
    createNext: () => createNextRootKeyFile(dataDirectory),
    adoptNext: () => adoptNextRootKeyFile(dataDirectory),
  }
}

/**
 * Requires the previous root key during a rotation. The current key decrypts `root_key_check`, but not
 * the data that is still encrypted under the previous key.
 */
async function finishRotationOrRequirePrevious(
  store: Store,
  rootEncryption: RootEncryption,
): Promise<void> {
  const { previousKeyId } = await findRootKeyState(store.reader)
  if (previousKeyId === undefined) return rootEncryption.finishRotation()
  if (rootEncryption.withKey(previousKeyId) !== undefined) return
  throw new Error(
    'Data is still encrypted under the previous root key. Set KEYPORTER_ROOT_KEY_PREVIOUS to that key until `keyporter keys status` reports no remaining data.',
  )
}

async function readSettings(store: Store): Promise<ReadonlyMap<string, string>> {
  const rows = await store.reader
    .selectFrom('settings')
    .selectAll()
    .where('name', 'in', names)
    .execute()
  return new Map(rows.map(({ name, value }) => [name, value]))
}

/**
 * If two nodes start on an empty database, one inserts the keys, and both read them afterwards.
 */
async function insertSettings(tx: Writer, encryption: Encryption): Promise<void> {
  const values = names.map((name) => ({
    name,
    value: encryption.encrypt(randomBytes(32), settingContext(name)),
  }))
  await tx
    .insertInto('settings')
    .values(values)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
}

function decryptSetting(
  encryption: Encryption,
  name: string,
  ciphertext: string | undefined,
): Uint8Array {
  try {
    return encryption.decrypt(ciphertext ?? '', settingContext(name))
  } catch (cause) {
    throw new Error(
      'The root key does not match this database. Provide the root key that encrypts it.',
      { cause },
    )
  }
}
