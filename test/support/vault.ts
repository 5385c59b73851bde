import { randomBytes } from 'node:crypto'
import type { SealedPlace } from '../../packages/server/src/encryption/envelope.ts'
import { openInstallationKeys } from '../../packages/server/src/encryption/installation-keys.ts'
import {
  createVault,
  type OpenVault,
} from '../../packages/server/src/encryption/organization-encryption.ts'
import type { RootSealing } from '../../packages/server/src/encryption/root-encryption.ts'
import type { Random } from '../../packages/server/src/platform/random.ts'
import type { Store } from '../../packages/server/src/store/open.ts'

/** A vault on a store, as a node with these root keys has it. */
export type TestVault = {
  readonly vault: OpenVault
  readonly sealing: RootSealing
  /** Seals a text in a transaction of its own. */
  readonly seal: (text: string, place: SealedPlace) => Promise<string>
  readonly open: (sealed: string, place: SealedPlace) => Promise<string>
}

/** What a vault of a test may have otherwise. */
export type TestVaultOptions = {
  /** Undefined: those in the data directory. */
  readonly rootKey?: Uint8Array | undefined
  readonly dataDirectory?: string
  readonly previous?: Uint8Array
  readonly random?: Random
  readonly isFresh?: () => boolean
}

/** Opens the vault of a store; on an empty one the keys of the installation are made. */
export async function openTestVault(
  store: Store,
  {
    rootKey,
    dataDirectory = '',
    previous,
    random = randomBytes,
    isFresh = () => true,
  }: TestVaultOptions,
): Promise<TestVault> {
  const source = { configured: rootKey, previous, dataDirectory }
  const { sealing } = await openInstallationKeys(store, source)
  const { engine, reader: db } = store
  const clock = { now: () => Date.parse('2027-03-01T12:00:00.000Z') }
  const vault = createVault({ sealing, db, engine, clock, random, isFresh })
  return {
    vault,
    sealing,
    seal: (text, place) => store.transact((tx) => vault.seal(tx, Buffer.from(text), place)),
    open: async (sealed, place) => Buffer.from(await vault.open(sealed, place)).toString(),
  }
}
