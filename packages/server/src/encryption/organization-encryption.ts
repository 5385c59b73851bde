import { randomBytes } from 'node:crypto'
import { generateId, isId } from '@keyporter/protocol'
import { AppError } from '../kernel/app-error.ts'
import { createCache } from '../platform/cache.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { Subscriber } from '../store/change-feed.ts'
import type { Engine } from '../store/engine.ts'
import type { Reader, Writer } from '../store/open.ts'
import { createEncryption, type Encryption, type EncryptionContext, readKeyId } from './envelope.ts'
import {
  addEncryptionCount,
  findOrganizationKey,
  insertOrganizationKey,
  lockCurrentKey,
  type OrganizationKey,
  organizationKeyContext,
} from './organization-key-rows.ts'
import type { RootEncryption } from './root-encryption.ts'
import { lockRootKey } from './root-key-rows.ts'

/**
 * Encrypts the secrets of organizations. Each organization has its own key, which the root key
 * encrypts (envelope encryption). A ciphertext decrypts only in its encryption context.
 */
export type OrganizationEncryption = {
  /**
   * Encrypts under the organization's current key, and creates the key in the same transaction when
   * there is none. Write an encrypted column only with a ciphertext from the same transaction: an
   * earlier ciphertext may be under a key that is about to be destroyed.
   */
  readonly encrypt: (
    tx: Writer,
    plaintext: Uint8Array,
    context: EncryptionContext,
  ) => Promise<string>
  /**
   * Decrypts; reads no row when the key is cached. A cached ciphertext may have been re-encrypted
   * in the meantime: when decryption fails, read the row again before reporting the failure.
   *
   * @throws {DecryptionError} when the ciphertext was altered, its context differs, or its key is
   *   destroyed
   */
  readonly decrypt: (ciphertext: string, context: EncryptionContext) => Promise<Uint8Array>
}

/** A ciphertext that cannot be decrypted. The message contains no data. */
export class DecryptionError extends Error {
  override readonly name = 'DecryptionError'
}

/** The dependencies of {@link createOrganizationEncryption}. */
export type OrganizationEncryptionDeps = {
  readonly rootEncryption: RootEncryption
  readonly db: Reader
  readonly engine: Engine
  readonly clock: Clock
  readonly random: Random
  /** Whether this node has read the recent changes of the other nodes. */
  readonly isFresh: () => boolean
}

/**
 * An {@link OrganizationEncryption} that evicts destroyed keys from its cache. When all keys of an
 * organization were destroyed, the subject of `organization_keys.changed` is the organization.
 */
export type CachedOrganizationEncryption = OrganizationEncryption & Subscriber

const KEYS_MAX = 10_000

/** One encryption in 65,536, chosen at random, adds 65,536 to the count. This avoids a write for each encryption. */
const ENCRYPTIONS_PER_COUNT = 65_536

/** How long a re-encrypted key stays cached for requests in progress. */
const EVICTION_DELAY_MS = 60_000

/** Creates the encryption for organizations. */
export function createOrganizationEncryption(
  deps: OrganizationEncryptionDeps,
): CachedOrganizationEncryption {
  const { rootEncryption, db, engine } = deps
  const decryptKey = (key: OrganizationKey): Encryption | undefined => {
    if (key.encryptedKey === null) return undefined
    requireRootKey(rootEncryption, key.encryptedKey)
    try {
      const bytes = rootEncryption.decrypt(key.encryptedKey, organizationKeyContext(key))
      return createEncryption(bytes, key.id)
    } catch {
      return undefined
    }
  }
  // A key is not cached if keys were invalidated during its load, because it may have been destroyed.
  const keys = createCache<Encryption>({ entriesMax: KEYS_MAX, isFresh: deps.isFresh })
  const loadKey = (id: string, organizationId: string) =>
    keys.load(cacheKeyOf(id, organizationId), async () => {
      const key = await findOrganizationKey(db, { id, organizationId })
      return key && decryptKey(key)
    })
  return {
    onChange: ({ kind, subjectId }) => {
      if (kind !== 'organization_keys.changed') return
      // A destroyed key still decrypts ciphertexts that requests in progress have already read.
      if (isId('key', subjectId)) setTimeout(keys.invalidateAll, EVICTION_DELAY_MS).unref()
      else keys.invalidateAll()
    },
    onGap: keys.invalidateAll,
    encrypt: async (tx, plaintext, context) => {
      const organizationId = context.organization
      const key =
        (await lockCurrentKey(tx, { engine, organizationId })) ??
        (await createCurrentKey(tx, deps, organizationId))
      await countEncryption(tx, deps, key)
      const encryption = keys.peek(cacheKeyOf(key.id, organizationId)) ?? decryptKey(key)
      if (encryption === undefined) throw new Error(`The key ${key.id} cannot be decrypted`)
      return encryption.encrypt(plaintext, context)
    },
    decrypt: async (ciphertext, context) => {
      const keyId = readKeyId(ciphertext)
      if (keyId === undefined) throw decryptionFailed()
      const { organization } = context
      const key = keys.peek(cacheKeyOf(keyId, organization)) ?? (await loadKey(keyId, organization))
      try {
        if (key !== undefined) return key.decrypt(ciphertext, context)
      } catch (cause) {
        throw decryptionFailed(cause)
      }
      throw decryptionFailed()
    },
  }
}

/** Contains the organization, so that a ciphertext never uses a key of another organization. */
function cacheKeyOf(id: string, organizationId: string): string {
  return `${organizationId} ${id}`
}

async function createCurrentKey(
  tx: Writer,
  { rootEncryption, engine, clock, random }: OrganizationEncryptionDeps,
  organizationId: string,
): Promise<OrganizationKey> {
  const rootKey = await lockRootKey(tx, rootEncryption)
  const nowMs = clock.now()
  const id = generateId('key', nowMs, random)
  await insertOrganizationKey(tx, {
    id,
    organizationId,
    encryptedKey: rootKey.encrypt(randomBytes(32), organizationKeyContext({ id, organizationId })),
    encryptionCount: 0,
    createdAt: nowMs,
    retiredAt: null,
    destroyedAt: null,
  })
  // When two transactions create the first key at once, both use the one that was inserted.
  const current = await lockCurrentKey(tx, { engine, organizationId })
  if (current === undefined) throw new TypeError('The inserted key does not exist')
  return current
}

/** Random initialization vectors allow 2^32 encryptions under a key (NIST SP 800-38D §8.3). */
async function countEncryption(
  tx: Writer,
  { random }: Pick<OrganizationEncryptionDeps, 'random'>,
  { id }: OrganizationKey,
): Promise<void> {
  const [high, low] = random(2)
  if (high === 0 && low === 0) await addEncryptionCount(tx, id, ENCRYPTIONS_PER_COUNT)
}

/**
 * A node without the current root key reports `unavailable`, because the data itself may be intact.
 */
function requireRootKey(rootEncryption: RootEncryption, encryptedKey: string): void {
  if (rootEncryption.hasCurrentKey()) return
  if (rootEncryption.withKey(readKeyId(encryptedKey) ?? '') !== undefined) return
  throw new AppError('unavailable', {
    detail: 'This node does not have the current root key. Restart the node with the current key.',
  })
}

function decryptionFailed(cause?: unknown): DecryptionError {
  return new DecryptionError('The ciphertext cannot be decrypted', { cause })
}
