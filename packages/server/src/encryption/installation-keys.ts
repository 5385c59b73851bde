import { randomBytes } from 'node:crypto'
import type { Store, Writer } from '../store/open.ts'
import { createDigests, type Digests } from './digests.ts'
import { createSealing, readKeyId, type Sealing } from './envelope.ts'
import { createRootSealing, type RootSealing } from './root-encryption.ts'
import {
  adoptNextRootKeyFile,
  createNextRootKeyFile,
  createRootKeyFile,
  readRootKeyFiles,
  removeStagedRootKeys,
} from './root-key.ts'
import { findRootKeyState, settingPlace } from './root-key-rows.ts'

/** The keys on which everything rests, opened. */
export type InstallationKeys = { readonly sealing: RootSealing; readonly digests: Digests }

/** Where the root key comes from. */
export type RootKeySource = {
  readonly configured: Uint8Array | undefined
  /** The one before it, while it is still needed. */
  readonly previous: Uint8Array | undefined
  readonly dataDirectory: string
}

const names = ['root_key_check', 'digest_key', 'audit_key'] as const

/**
 * Opens the installation's keys with the root key; makes all of them for an empty database.
 *
 * @throws {Error} when the root key is missing or wrong for what is stored: a new one is never made
 * beside existing data, because it would open none of it
 */
export async function openInstallationKeys(
  store: Store,
  source: RootKeySource,
): Promise<InstallationKeys> {
  const stored = await readSettings(store)
  const keys = rootKeysAtHand(source, stored.size === 0)
  const [newest] = keys
  if (newest === undefined) {
    throw new Error(
      'The database was sealed with a root key that is not here: set KEYPORTER_ROOT_KEY, or put root.key back into the data directory.',
    )
  }
  if (stored.size === 0) await store.transact((tx) => makeSettings(tx, createSealing(newest)))
  const sealed = stored.size === 0 ? await readSettings(store) : stored
  // Nodes that share a database could not know of a key that one of them makes.
  const hasFiles = source.configured === undefined && store.engine === 'sqlite'
  const sealing = createRootSealing({
    keys,
    presentKeyId: readKeyId(sealed.get('root_key_check') ?? '') ?? '',
    ...(hasFiles ? { files: keyFiles(source.dataDirectory) } : {}),
  })
  const open = (name: (typeof names)[number]) => openSetting(sealing, name, sealed.get(name))
  open('root_key_check')
  // Before the others: they may still be under the key before.
  await settleOrRequirePrevious(store, sealing)
  // By the lock of the store nobody else is in there.
  if (hasFiles) removeStagedRootKeys(source.dataDirectory)
  return { sealing, digests: createDigests(open('digest_key'), open('audit_key')) }
}

/** Newest first. For an empty database one is made where none is given. */
function rootKeysAtHand(
  { configured, previous, dataDirectory }: RootKeySource,
  isEmpty: boolean,
): readonly Uint8Array[] {
  const own = configured === undefined ? readRootKeyFiles(dataDirectory) : [configured]
  if (own.length === 0 && !isEmpty) return []
  const made = own.length === 0 ? [createRootKeyFile(dataDirectory)] : own
  return previous === undefined ? made : [...made, previous]
}

function keyFiles(dataDirectory: string) {
  return {
    createNext: () => createNextRootKeyFile(dataDirectory),
    adoptNext: () => adoptNextRootKeyFile(dataDirectory),
  }
}

/** The new root key alone would open the start, and not everything else. */
async function settleOrRequirePrevious(store: Store, sealing: RootSealing): Promise<void> {
  const { previousKeyId } = await findRootKeyState(store.reader)
  if (previousKeyId === undefined) return sealing.settle()
  if (sealing.under(previousKeyId) !== undefined) return
  throw new Error(
    'Not everything is sealed under the new root key yet: set KEYPORTER_ROOT_KEY_PREVIOUS to the one before it, until `keyporter keys status` says that nothing is left.',
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

/** Of two nodes that start at once on an empty database, one makes the keys, the other reads them. */
async function makeSettings(tx: Writer, sealing: Sealing): Promise<void> {
  const values = names.map((name) => ({
    name,
    value: sealing.seal(randomBytes(32), settingPlace(name)),
  }))
  await tx
    .insertInto('settings')
    .values(values)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
}

function openSetting(sealing: Sealing, name: string, sealed: string | undefined): Uint8Array {
  try {
    return sealing.open(sealed ?? '', settingPlace(name))
  } catch (cause) {
    throw new Error('The root key is not the one with which this database was sealed.', { cause })
  }
}
