import type { Writer } from '../store/open.ts'
import type { SealedPlace, Sealing } from './sealing.ts'

/**
 * Seals the secrets of organizations, each under a key of its own, which the root key seals in turn. What is
 * sealed opens only where it was put (organization, record, field, version).
 */
export type Vault = {
  /** Seals with the organization's present key, which is made in the same transaction where there is none. */
  readonly seal: (tx: Writer, plaintext: Uint8Array, place: SealedPlace) => Promise<string>
  /**
   * Opens. Reads no row when the organization's key is known here.
   *
   * @throws {UnreadableError} when it was altered, sealed for another place, or its key is gone
   */
  readonly open: (sealed: string, place: SealedPlace) => Promise<Uint8Array>
}

/** A sealed value that does not open. The text says nothing of what is in it. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError'
}

/** Makes the vault. */
export function createVault(sealing: Sealing): Vault {
  return {
    seal: async (_tx, plaintext, place) => sealing.seal(plaintext, place),
    open: async (sealed, place) => {
      try {
        return sealing.open(sealed, place)
      } catch (cause) {
        throw new UnreadableError('A sealed value does not open', { cause })
      }
    },
  }
}
