import { randomBytes } from 'node:crypto'
import { createDigests, type Digests } from '../platform/digests.ts'
import { createRootKeyFile, readRootKeyFile } from '../platform/root-key.ts'
import { createSealing, type Sealing } from '../platform/sealing.ts'
import type { Store, Writer } from './open.ts'

/** The keys on which everything rests, opened. */
export type InstallationKeys = { readonly sealing: Sealing; readonly digests: Digests }

/** Where the root key comes from. */
export type RootKeySource = {
  readonly configured: Uint8Array | undefined
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
  const rootKey = source.configured ?? readRootKeyFile(source.dataDirectory)
  if (rootKey === undefined && stored.size > 0) {
    throw new Error(
      'The database was sealed with a root key that is not here: set KEYPORTER_ROOT_KEY, or put root.key back into the data directory.',
    )
  }
  const sealing = createSealing(rootKey ?? createRootKeyFile(source.dataDirectory))
  if (stored.size === 0) await store.transact((tx) => makeSettings(tx, sealing))
  const sealed = stored.size === 0 ? await readSettings(store) : stored
  const [, digestKey, auditKey] = names.map((name) => openSetting(sealing, name, sealed.get(name)))
  if (digestKey === undefined || auditKey === undefined)
    throw new TypeError('A key of the installation is missing')
  return { sealing, digests: createDigests(digestKey, auditKey) }
}

function placeOf(name: string) {
  return { organization: 'installation', record: name, field: 'settings', version: 1 } as const
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
    value: sealing.seal(randomBytes(32), placeOf(name)),
  }))
  await tx
    .insertInto('settings')
    .values(values)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
}

function openSetting(sealing: Sealing, name: string, sealed: string | undefined): Uint8Array {
  try {
    return sealing.open(sealed ?? '', placeOf(name))
  } catch (cause) {
    throw new Error('The root key is not the one with which this database was sealed.', { cause })
  }
}
