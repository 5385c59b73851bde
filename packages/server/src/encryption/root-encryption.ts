import { createEncryption, type Encryption, readKeyId, rootKeyId } from './envelope.ts'

/** Encrypts under the current root key; decrypts with any root key that this node has. */
export type RootEncryption = Encryption & {
  /** Returns the encryption under the given key; undefined when this node does not have the key. */
  readonly withKey: (keyId: string) => Encryption | undefined
  /** Sets the current key to the one that the store names, even when this node does not have it. */
  readonly setCurrentKey: (keyId: string) => void
  /** Returns the ids of this node's keys, newest first. */
  readonly keyIds: () => readonly string[]
  /** Returns whether this node has the current key. */
  readonly hasCurrentKey: () => boolean
  /**
   * Returns the id of the key that the next rotation makes current; undefined when the current key
   * is the newest.
   */
  readonly nextKeyId: () => string | undefined
  /** Adds a newer key for the next rotation. */
  readonly addKey: (key: Uint8Array) => void
  /** Creates the next key when the data directory contains the keys. Otherwise does nothing. */
  readonly prepareNextKey: () => void
  /** Completes a rotation when no data is encrypted under an earlier key. Idempotent. */
  readonly finishRotation: () => void
}

/** The root keys of this node. */
export type RootKeys = {
  /** Newest first. */
  readonly keys: readonly Uint8Array[]
  readonly currentKeyId: string
  /** Creates and adopts key files; undefined when the configuration contains the keys. */
  readonly files?: { readonly createNext: () => Uint8Array; readonly adoptNext: () => void }
}

/** Creates the encryption under root keys. */
export function createRootEncryption({ keys, currentKeyId, files }: RootKeys): RootEncryption {
  const encryptions = new Map(keys.map((key) => [rootKeyId(key), createEncryption(key)]))
  let newestKeyId = [...encryptions.keys()][0]
  let keyId = currentKeyId
  const addKey = (key: Uint8Array): void => {
    newestKeyId = rootKeyId(key)
    encryptions.set(newestKeyId, createEncryption(key))
  }
  const nextKeyId = () => (newestKeyId === keyId ? undefined : newestKeyId)
  return {
    get keyId() {
      return keyId
    },
    encrypt: (plaintext, context) => {
      const current = encryptions.get(keyId)
      if (current === undefined) throw new Error('This node does not have the current root key.')
      return current.encrypt(plaintext, context)
    },
    decrypt: (ciphertext, context) => {
      const key = encryptions.get(readKeyId(ciphertext) ?? '')
      if (key === undefined) throw new Error('This node does not have the key of the ciphertext.')
      return key.decrypt(ciphertext, context)
    },
    withKey: (id) => encryptions.get(id),
    setCurrentKey: (id) => {
      keyId = id
    },
    keyIds: () => [...encryptions.keys()],
    hasCurrentKey: () => encryptions.has(keyId),
    nextKeyId,
    addKey,
    prepareNextKey: () => {
      if (files !== undefined && nextKeyId() === undefined) addKey(files.createNext())
    },
    finishRotation: () => {
      // A next key that no rotation has used yet must not be adopted.
      if (nextKeyId() === undefined) files?.adoptNext()
    },
  }
}
