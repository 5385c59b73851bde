import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { decodeBase64url, encodeBase64url } from '@keyporter/protocol'

/** Where a sealed value stands. It opens nowhere else. */
export type SealedPlace = {
  /** The organization, or `installation` for what belongs to all of them. */
  readonly organization: string
  readonly record: string
  readonly field: string
  readonly version: number
}

/** Seals values under the root key, bound to their place. */
export type Sealing = {
  readonly seal: (plaintext: Uint8Array, place: SealedPlace) => string
  /** @throws {Error} when the text was altered, or sealed for another place or under another key */
  readonly open: (sealed: string, place: SealedPlace) => Uint8Array
  /** Names the root key without telling anything of it. */
  readonly keyId: string
}

const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Sealing with one 32-byte key. A sealed value is a JWE in compact form (RFC 7516 §3.1): `alg` `dir`,
 * `enc` `A256GCM`, with the place in the protected header, which is the additional data of the AEAD.
 */
export function createSealing(rootKey: Uint8Array): Sealing {
  if (rootKey.length !== 32) throw new Error('The root key must have 32 bytes.')
  const keyId = createHash('sha256')
    .update('keyporter root key id')
    .update(rootKey)
    .digest('base64url')
    .slice(0, 12)
  return {
    keyId,
    seal: (plaintext, place) => {
      const header = protectedHeader(keyId, place)
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', rootKey, iv, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(header))
      const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
      return [
        header,
        '',
        encodeBase64url(iv),
        encodeBase64url(ciphertext),
        encodeBase64url(cipher.getAuthTag()),
      ].join('.')
    },
    open: (sealed, place) => {
      const [header, key, iv, ciphertext, tag, ...more] = sealed.split('.')
      if (header !== protectedHeader(keyId, place)) {
        throw new Error('Sealed for another place or key.')
      }
      if (key !== '' || more.length > 0) throw new Error('Not a sealed value.')
      const parts = [iv, ciphertext, tag].map((part) => decodeBase64url(part ?? ' '))
      const [ivBytes, ciphertextBytes, tagBytes] = parts
      if (
        ivBytes?.length !== IV_BYTES ||
        ciphertextBytes === undefined ||
        tagBytes?.length !== TAG_BYTES
      ) {
        throw new Error('Not a sealed value.')
      }
      const decipher = createDecipheriv('aes-256-gcm', rootKey, ivBytes, {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.from(header))
      decipher.setAuthTag(tagBytes)
      return Buffer.concat([decipher.update(ciphertextBytes), decipher.final()])
    },
  }
}

// The order of the members is part of the form: opening compares the header as a text.
function protectedHeader(keyId: string, place: SealedPlace): string {
  const json = JSON.stringify({
    alg: 'dir',
    enc: 'A256GCM',
    kid: keyId,
    org: place.organization,
    rec: place.record,
    fld: place.field,
    ver: place.version,
  })
  return Buffer.from(json).toString('base64url')
}
