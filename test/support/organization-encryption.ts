import { randomBytes } from 'node:crypto'
import type { EncryptionContext } from '../../packages/server/src/encryption/envelope.ts'
import { loadInstallationKeys } from '../../packages/server/src/encryption/installation-keys.ts'
import {
  type CachedOrganizationEncryption,
  createOrganizationEncryption,
} from '../../packages/server/src/encryption/organization-encryption.ts'
import type { RootEncryption } from '../../packages/server/src/encryption/root-encryption.ts'
import type { Random } from '../../packages/server/src/platform/random.ts'
import type { Store } from '../../packages/server/src/store/open.ts'

/** The encryption of a store, as a node with these root keys opens it. */
export type TestEncryption = {
  readonly organizationEncryption: CachedOrganizationEncryption
  readonly rootEncryption: RootEncryption
  /** Encrypts a text in its own transaction. */
  readonly encrypt: (text: string, context: EncryptionContext) => Promise<string>
  readonly decrypt: (ciphertext: string, context: EncryptionContext) => Promise<string>
}

/** Options of {@link openTestEncryption}. */
export type TestEncryptionOptions = {
  /** Default: the root keys in the data directory. */
  readonly rootKey?: Uint8Array | undefined
  readonly dataDirectory?: string
  readonly previous?: Uint8Array
  readonly random?: Random
  readonly isFresh?: () => boolean
}

/** Opens the encryption of a store. Creates the keys of the installation in an empty store. */
export async function openTestEncryption(
  store: Store,
  {
    rootKey,
    dataDirectory = '',
    previous,
    random = randomBytes,
    isFresh = () => true,
  }: TestEncryptionOptions,
): Promise<TestEncryption> {
  const source = { configured: rootKey, previous, dataDirectory }
  const { rootEncryption } = await loadInstallationKeys(store, source)
  const { engine, reader: db } = store
  const clock = { now: () => Date.parse('2027-03-01T12:00:00.000Z') }
  const organizationEncryption = createOrganizationEncryption({
    rootEncryption,
    db,
    engine,
    clock,
    random,
    isFresh,
  })
  return {
    organizationEncryption,
    rootEncryption,
    encrypt: (text, context) =>
      store.transact((tx) => organizationEncryption.encrypt(tx, Buffer.from(text), context)),
    decrypt: async (ciphertext, context) =>
      Buffer.from(await organizationEncryption.decrypt(ciphertext, context)).toString(),
  }
}
