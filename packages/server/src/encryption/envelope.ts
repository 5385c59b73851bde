import { createHash, randomBytes } from 'node:crypto'
import { decodeBase64url, encodeBase64url } from '@keyporter/protocol'
import { decryptAesGcm, encryptAesGcm, IV_BYTES } from './aes-gcm.ts'

/**
 * Binds a ciphertext to one field of one record: part of the additional authenticated data (AAD). A
 * ciphertext that is copied elsewhere cannot be decrypted.
 */
export type EncryptionContext = {
  /** The organization; `installation` for data of the installation. */
  readonly organization: string
  readonly record: string
  readonly field: string
  readonly version: number
}

/** Encrypts and decrypts under a key; each ciphertext is bound to its encryption context. */
export type Encryption = {
  readonly encrypt: (plaintext: Uint8Array, context: EncryptionContext) => string
  /** @throws {Error} when the ciphertext was altered, or its context or key differs */
  readonly decrypt: (ciphertext: string, context: EncryptionContext) => Uint8Array
  /** The id of the encrypting key; reveals nothing about the key itself. */
  readonly keyId: string
}

/**
 * Creates the encryption under one 32-byte key. A ciphertext is a JWE in compact serialization
 * (RFC 7516 §3.1) with `alg` `dir` and `enc` `A256GCM`. Its protected header contains the encryption
 * context and is the AAD.
 *
 * @param keyId the id of the key; derived from the key, as for a root key, unless given
 */
export function createEncryption(key: Uint8Array, keyId: string = rootKeyId(key)): Encryption {
  if (key.length !== 32) throw new Error('An encryption key must have 32 bytes.')
  return {
    keyId,
    encrypt: (plaintext, context) => {
      const header = protectedHeader(keyId, context)
      const aad = Buffer.from(header)
      const message = encryptAesGcm(key, plaintext, { iv: randomBytes(IV_BYTES), aad })
      const { iv, ciphertext, tag } = message
      return [header, '', ...[iv, ciphertext, tag].map(encodeBase64url)].join('.')
    },
    decrypt: (jwe, context) => {
      const [header, encryptedKey, iv, ciphertext, tag, ...more] = jwe.split('.')
      if (header !== protectedHeader(keyId, context)) {
        throw new Error('The encryption context or the key of the ciphertext differs.')
      }
      if (encryptedKey !== '' || more.length > 0) throw notACiphertext()
      const [ivBytes, ciphertextBytes, tagBytes] = [iv, ciphertext, tag].map((part) =>
        decodeBase64url(part ?? ' '),
      )
      if (ivBytes === undefined || ciphertextBytes === undefined || tagBytes === undefined)
        throw notACiphertext()
      const message = { iv: ivBytes, ciphertext: ciphertextBytes, tag: tagBytes }
      return decryptAesGcm(key, message, Buffer.from(header))
    },
  }
}

function notACiphertext(): Error {
  return new Error('The text is not a ciphertext.')
}

/** Returns the id of a root key: a truncated hash that does not reveal the key. */
export function rootKeyId(key: Uint8Array): string {
  return createHash('sha256')
    .update('keyporter root key id')
    .update(key)
    .digest('base64url')
    .slice(0, 12)
}

/** Returns the key id in the header of a ciphertext, unverified; undefined for any other text. */
export function readKeyId(ciphertext: string): string | undefined {
  const [header = ''] = ciphertext.split('.', 1)
  const json = Buffer.from(header, 'base64url').toString()
  return /^\{"alg":"dir","enc":"A256GCM","kid":"([\w-]{1,64})","org":"/.exec(json)?.[1]
}

/**
 * Returns the prefix that all ciphertexts of a key share, and no others: the store selects by it.
 */
export function ciphertextPrefix(keyId: string): string {
  // Base64url encodes groups of three bytes: only whole groups of the constant start form a prefix.
  const start = `{"alg":"dir","enc":"A256GCM","kid":"${keyId}","`
  return Buffer.from(start.slice(0, start.length - (start.length % 3))).toString('base64url')
}

// The order of the members is part of the format: decryption compares the header as text, and
// ciphertextPrefix depends on it.
function protectedHeader(keyId: string, context: EncryptionContext): string {
  const json = JSON.stringify({
    alg: 'dir',
    enc: 'A256GCM',
    kid: keyId,
    org: context.organization,
    rec: context.record,
    fld: context.field,
    ver: context.version,
  })
  return Buffer.from(json).toString('base64url')
}
