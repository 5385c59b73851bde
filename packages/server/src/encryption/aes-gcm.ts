import { createCipheriv, createDecipheriv } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const TAG_BYTES = 16

/** How long the initialization vector is: any other length would be hashed, and none is made here. */
export const IV_BYTES = 12

/** What is encrypted under one initialization vector, which is never used again under the same key. */
export type Encrypted = {
  readonly iv: Uint8Array
  readonly ciphertext: Uint8Array
  readonly tag: Uint8Array
}

/** Encrypts with AES-256-GCM; `aad` is not encrypted, but must be the same again. */
export function encrypt(
  key: Uint8Array,
  plaintext: Uint8Array,
  { iv, aad }: { readonly iv: Uint8Array; readonly aad: Uint8Array },
): Encrypted {
  const cipher = createCipheriv(ALGORITHM, key, requireIv(iv), { authTagLength: TAG_BYTES })
  cipher.setAAD(aad)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return { iv, ciphertext, tag: cipher.getAuthTag() }
}

/**
 * Decrypts what {@link encrypt} encrypted.
 *
 * @throws {Error} when anything of it is another one; a shorter tag too, which Node takes unless told
 */
export function decrypt(
  key: Uint8Array,
  { iv, ciphertext, tag }: Encrypted,
  aad: Uint8Array,
): Uint8Array {
  if (tag.length !== TAG_BYTES) throw new Error('A tag has 16 bytes.')
  const decipher = createDecipheriv(ALGORITHM, key, requireIv(iv), { authTagLength: TAG_BYTES })
  decipher.setAAD(aad)
  decipher.setAuthTag(tag)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}

function requireIv(iv: Uint8Array): Uint8Array {
  if (iv.length !== IV_BYTES) throw new Error('An initialization vector has 12 bytes.')
  return iv
}
