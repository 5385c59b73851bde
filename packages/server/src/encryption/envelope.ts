import { createHash, randomBytes } from 'node:crypto'
import { decodeBase64url, encodeBase64url } from '@keyporter/protocol'
import { decrypt, encrypt, IV_BYTES } from './aes-gcm.ts'

/** Where a sealed value stands. It opens nowhere else. */
export type SealedPlace = {
  /** The organization, or `installation` for what belongs to all of them. */
  readonly organization: string
  readonly record: string
  readonly field: string
  readonly version: number
}

/** Seals values under a key, bound to their place. */
export type Sealing = {
  readonly seal: (plaintext: Uint8Array, place: SealedPlace) => string
  /** @throws {Error} when the text was altered, or sealed for another place or under another key */
  readonly open: (sealed: string, place: SealedPlace) => Uint8Array
  /** Names the key under which is sealed, without telling anything of it. */
  readonly keyId: string
}

/**
 * Sealing with one 32-byte key. A sealed value is a JWE in compact form (RFC 7516 §3.1): `alg` `dir`,
 * `enc` `A256GCM`, with the place in the protected header, which is the additional data of the AEAD.
 *
 * @param keyId names the key; made of the key itself, as for a root key, unless given
 */
export function createSealing(key: Uint8Array, keyId: string = rootKeyId(key)): Sealing {
  if (key.length !== 32) throw new Error('A key must have 32 bytes.')
  return {
    keyId,
    seal: (plaintext, place) => {
      const header = protectedHeader(keyId, place)
      const aad = Buffer.from(header)
      const { iv, ciphertext, tag } = encrypt(key, plaintext, { iv: randomBytes(IV_BYTES), aad })
      return [header, '', ...[iv, ciphertext, tag].map(encodeBase64url)].join('.')
    },
    open: (sealed, place) => {
      const [header, encryptedKey, iv, ciphertext, tag, ...more] = sealed.split('.')
      if (header !== protectedHeader(keyId, place)) {
        throw new Error('Sealed for another place or key.')
      }
      if (encryptedKey !== '' || more.length > 0) throw new Error('Not a sealed value.')
      const [ivBytes, ciphertextBytes, tagBytes] = [iv, ciphertext, tag].map((part) =>
        decodeBase64url(part ?? ' '),
      )
      if (ivBytes === undefined || ciphertextBytes === undefined || tagBytes === undefined)
        throw new Error('Not a sealed value.')
      const encrypted = { iv: ivBytes, ciphertext: ciphertextBytes, tag: tagBytes }
      return decrypt(key, encrypted, Buffer.from(header))
    },
  }
}

/** The id of a root key: tells which one it is, and nothing of it. */
export function rootKeyId(key: Uint8Array): string {
  return createHash('sha256')
    .update('keyporter root key id')
    .update(key)
    .digest('base64url')
    .slice(0, 12)
}

/** The id of the key that a sealed text claims to be under; undefined when it is none. */
export function readKeyId(sealed: string): string | undefined {
  const [header = ''] = sealed.split('.', 1)
  const json = Buffer.from(header, 'base64url').toString()
  return /^\{"alg":"dir","enc":"A256GCM","kid":"([\w-]{1,64})","org":"/.exec(json)?.[1]
}

/** What every text that is sealed under a key begins with, and no other: so that a store can find them. */
export function sealedPrefix(keyId: string): string {
  // What follows an id is always the same; as many of it as make whole groups of three bytes.
  const start = `{"alg":"dir","enc":"A256GCM","kid":"${keyId}","`
  return Buffer.from(start.slice(0, start.length - (start.length % 3))).toString('base64url')
}

// The order of the members is part of the form: opening compares the header as a text, and so does
// whoever looks for what is under a key.
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
