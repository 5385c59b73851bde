import { createHmac, createSecretKey } from 'node:crypto'

/** Keyed digests (HMAC-SHA-256, base64url). The root key encrypts their keys in the database. */
export type Digests = {
  /** Returns the HMAC under which a secret, session or code is stored. */
  readonly keyedDigest: (text: string) => string
  /** Returns the message authentication code of an audit hash. */
  readonly auditMac: (text: string) => string
}

/**
 * Creates digests under random keys. The inputs have 256 bits of entropy, so a slow hash is not
 * needed (ASVS 5.0 6.5.2). The key prevents searching a copy of the database for a known secret.
 */
export function createDigests(digestKey: Uint8Array, auditKey: Uint8Array): Digests {
  // Passing raw bytes makes Node detect the key type on every call: ten times the cost of the HMAC.
  const digestObject = createSecretKey(digestKey)
  const auditObject = createSecretKey(auditKey)
  return {
    keyedDigest: (text) => createHmac('sha256', digestObject).update(text).digest('base64url'),
    auditMac: (text) => createHmac('sha256', auditObject).update(text).digest('base64url'),
  }
}
