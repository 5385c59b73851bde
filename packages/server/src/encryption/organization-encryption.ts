import { randomBytes } from 'node:crypto'
import { generateId, isId } from '@keyporter/protocol'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { Change } from '../store/change-feed.ts'
import type { Engine } from '../store/engine.ts'
import type { Reader, Writer } from '../store/open.ts'
import { createSealing, readKeyId, type SealedPlace, type Sealing } from './envelope.ts'
import { createVaultKeys } from './organization-key-cache.ts'
import {
  addSealedCount,
  findOrganizationKey,
  holdPresentKey,
  insertOrganizationKey,
  type OrganizationKey,
  organizationKeyPlace,
} from './organization-key-rows.ts'
import type { RootSealing } from './root-encryption.ts'
import { holdRootKey } from './root-key-rows.ts'

/**
 * Seals the secrets of organizations, each under a key of its own, which the root key seals in turn. What is
 * sealed opens only where it was put (organization, record, field, version).
 */
export type Vault = {
  /**
   * Seals with the organization's present key, which is made in the same transaction where there is none.
   * A sealed column is only ever written with what this gave in the same transaction: what was read
   * before may be under a key that is about to be destroyed.
   */
  readonly seal: (tx: Writer, plaintext: Uint8Array, place: SealedPlace) => Promise<string>
  /**
   * Opens. Reads no row when the organization's key is known here. A text from memory that does not open
   * may have been sealed anew in the meantime: look at the row before you believe it.
   *
   * @throws {UnreadableError} when it was altered, sealed for another place, or its key is gone
   */
  readonly open: (sealed: string, place: SealedPlace) => Promise<Uint8Array>
}

/** A sealed value that does not open. The text says nothing of what is in it. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError'
}

/** What the vault works with. */
export type VaultDeps = {
  readonly sealing: RootSealing
  readonly db: Reader
  readonly engine: Engine
  readonly clock: Clock
  readonly random: Random
  /** Whether what is known here of other nodes' changes is up to date. */
  readonly isFresh: () => boolean
}

/**
 * The vault, and how it hears of changes. `organization_keys.changed` has the organization as its subject
 * when all keys of it were destroyed: they are forgotten at once.
 */
export type OpenVault = Vault & { readonly note: (change: Change) => void }

/** Of how many values one counts, for all of them: so that counting costs nothing. */
const COUNTED_TOGETHER = 65_536

/** How long a key that nothing is under any more is still known, for requests that are under way. */
const LINGER_MS = 60_000

/** Makes the vault. */
export function createVault(deps: VaultDeps): OpenVault {
  const { sealing, db, engine } = deps
  const openKey = (key: OrganizationKey): Sealing | undefined => {
    if (key.sealedKey === null) return undefined
    requireRootKey(sealing, key.sealedKey)
    try {
      return createSealing(sealing.open(key.sealedKey, organizationKeyPlace(key)), key.id)
    } catch {
      return undefined
    }
  }
  const keys = createVaultKeys(deps, async (id, organizationId) => {
    const key = await findOrganizationKey(db, { id, organizationId })
    return key === undefined ? undefined : openKey(key)
  })
  return {
    note: ({ kind, subjectId }) => {
      if (kind !== 'organization_keys.changed') return
      // A destroyed key still decrypts values that a request read a moment before.
      if (isId('key', subjectId)) setTimeout(keys.forget, LINGER_MS).unref()
      else keys.forget()
    },
    seal: async (tx, plaintext, place) => {
      const organizationId = place.organization
      const key =
        (await holdPresentKey(tx, { engine, organizationId })) ??
        (await makePresentKey(tx, deps, organizationId))
      await countSome(tx, deps, key)
      const known = keys.peek(key.id, organizationId) ?? openKey(key)
      if (known === undefined) throw new Error(`The key ${key.id} cannot be opened`)
      return known.seal(plaintext, place)
    },
    open: async (sealed, place) => {
      const keyId = readKeyId(sealed)
      if (keyId === undefined) throw unreadable()
      const key = await keys.find(keyId, place.organization)
      try {
        if (key !== undefined) return key.open(sealed, place)
      } catch (cause) {
        throw unreadable(cause)
      }
      throw unreadable()
    },
  }
}

async function makePresentKey(
  tx: Writer,
  { sealing, engine, clock, random }: VaultDeps,
  organizationId: string,
): Promise<OrganizationKey> {
  const root = await holdRootKey(tx, sealing)
  const nowMs = clock.now()
  const id = generateId('key', nowMs, random)
  await insertOrganizationKey(tx, {
    id,
    organizationId,
    sealedKey: root.seal(randomBytes(32), organizationKeyPlace({ id, organizationId })),
    sealedCount: 0,
    createdAt: nowMs,
    retiredAt: null,
    destroyedAt: null,
  })
  // Of two who make the first one at once, both use the one that is there.
  const present = await holdPresentKey(tx, { engine, organizationId })
  if (present === undefined) throw new TypeError('A key that was made is not there')
  return present
}

/** Random initialization vectors allow 2^32 messages under a key (NIST SP 800-38D §8.3). */
async function countSome(
  tx: Writer,
  { random }: Pick<VaultDeps, 'random'>,
  { id }: OrganizationKey,
): Promise<void> {
  const [high, low] = random(2)
  if (high === 0 && low === 0) await addSealedCount(tx, id, COUNTED_TOGETHER)
}

/** A node without the present root key cannot tell what is unreadable: it says that it is unable. */
function requireRootKey(sealing: RootSealing, sealedKey: string): void {
  if (!sealing.isUsable() && sealing.under(readKeyId(sealedKey) ?? '') === undefined)
    throw new AppError('unavailable', {
      detail: 'The present root key is not at hand on this node.',
    })
}

function unreadable(cause?: unknown): UnreadableError {
  return new UnreadableError('A sealed value does not open', { cause })
}
