import { createCipheriv, createDecipheriv } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const TAG_BYTES = 16

/**
 * Length of the initialization vector. AES-GCM hashes any other length, which this code never
 * needs.
 */
export const IV_BYTES = 12

/** The result of an encryption. An initialization vector is never reused under the same key. */
export type AesGcmMessage = {
  readonly iv: Uint8Array
  readonly ciphertext: Uint8Array
  readonly tag: Uint8Array
}

/**
 * Encrypts with AES-256-GCM. Decryption requires the same `aad` (additional authenticated data).
 */
export function encryptAesGcm(
  key: Uint8Array,
  plaintext: Uint8Array,
  { iv, aad }: { readonly iv: Uint8Array; readonly aad: Uint8Array },
): AesGcmMessage {
  const cipher = createCipheriv(ALGORITHM, key, requireIv(iv), { authTagLength: TAG_BYTES })
  cipher.setAAD(aad)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return { iv, ciphertext, tag: cipher.getAuthTag() }
}

/**
 * Decrypts the result of {@link encryptAesGcm}.
 *
 * @throws {Error} when the key, the initialization vector, the ciphertext, the tag or `aad`
 *   differs, or the tag is not 16 bytes: Node accepts shorter tags by default
 */
export function decryptAesGcm(
  key: Uint8Array,
  { iv, ciphertext, tag }: AesGcmMessage,
  aad: Uint8Array,
): Uint8Array {
  if (tag.length !== TAG_BYTES) throw new Error('The authentication tag must have 16 bytes.')
  const decipher = createDecipheriv(ALGORITHM, key, requireIv(iv), { authTagLength: TAG_BYTES })
  decipher.setAAD(aad)
  decipher.setAuthTag(tag)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}

function requireIv(iv: Uint8Array): Uint8Array {
  if (iv.length !== IV_BYTES) throw new Error('The initialization vector must have 12 bytes.')
  return iv
}
