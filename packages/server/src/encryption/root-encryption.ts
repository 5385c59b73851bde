import { createSealing, readKeyId, rootKeyId, type Sealing } from './envelope.ts'

/** Seals under the present root key; opens what is under any root key at hand. */
export type RootSealing = Sealing & {
  /** Seals under one of the keys at hand; undefined for another one. */
  readonly under: (keyId: string) => Sealing | undefined
  /** Seals under this key from now on: what the store says, also where it names one that is not at hand. */
  readonly use: (keyId: string) => void
  /** The ids of the keys at hand, newest first. */
  readonly keyIds: () => readonly string[]
  /** Whether the present key is at hand. */
  readonly isUsable: () => boolean
  /** The id of the key that a rotation would lead to; undefined when the present one is the newest. */
  readonly nextKeyId: () => string | undefined
  /** Puts a newer key at hand, for the next rotation. */
  readonly add: (key: Uint8Array) => void
  /** Makes the next key where this program makes its own. Does nothing elsewhere. */
  readonly prepareNext: () => void
  /** Told that nothing is under an earlier key any more, as often as one likes. */
  readonly settle: () => void
}

/** The root keys that are at hand, newest first, and which of them is the present one. */
export type RootKeys = {
  readonly keys: readonly Uint8Array[]
  readonly presentKeyId: string
  /** Where this program makes its own keys: how the next one is made, and how it takes its place. */
  readonly files?: { readonly createNext: () => Uint8Array; readonly adoptNext: () => void }
}

/** Makes the sealing with root keys. */
export function createRootSealing({ keys, presentKeyId, files }: RootKeys): RootSealing {
  const ring = new Map(keys.map((key) => [rootKeyId(key), createSealing(key)]))
  let newestKeyId = [...ring.keys()][0]
  let keyId = presentKeyId
  const add = (key: Uint8Array): void => {
    newestKeyId = rootKeyId(key)
    ring.set(newestKeyId, createSealing(key))
  }
  const nextKeyId = () => (newestKeyId === keyId ? undefined : newestKeyId)
  return {
    get keyId() {
      return keyId
    },
    seal: (plaintext, place) => {
      const present = ring.get(keyId)
      if (present === undefined) throw new Error('The present root key is not here.')
      return present.seal(plaintext, place)
    },
    open: (sealed, place) => {
      const key = ring.get(readKeyId(sealed) ?? '')
      if (key === undefined) throw new Error('Sealed for another place or key.')
      return key.open(sealed, place)
    },
    under: (id) => ring.get(id),
    use: (id) => {
      keyId = id
    },
    keyIds: () => [...ring.keys()],
    isUsable: () => ring.has(keyId),
    nextKeyId,
    add,
    prepareNext: () => {
      if (files !== undefined && nextKeyId() === undefined) add(files.createNext())
    },
    settle: () => {
      // One that was made, and not yet put into use, is still the next one.
      if (nextKeyId() === undefined) files?.adoptNext()
    },
  }
}
