import { createHmac, createSecretKey } from 'node:crypto'

/** Keyed digests of what must be recognized but never shown. */
export type Digests = {
  /** The digest of a secret, session or code: HMAC-SHA-256, base64url. The key is sealed by the root key. */
  readonly digest: (text: string) => string
  /** The seal of an audit hash. */
  readonly sealAudit: (text: string) => string
}

/**
 * Digests under random keys. What is digested has 256 bits of entropy, so no slow hash is needed
 * (ASVS 5.0 6.5.2); the key keeps a copy of the database from being searched for a known secret.
 */
export function createDigests(digestKey: Uint8Array, auditKey: Uint8Array): Digests {
  // Node looks at bytes at every call for what kind of key they might be, which costs ten times the HMAC.
  const digestObject = createSecretKey(digestKey)
  const auditObject = createSecretKey(auditKey)
  return {
    digest: (text) => createHmac('sha256', digestObject).update(text).digest('base64url'),
    sealAudit: (text) => createHmac('sha256', auditObject).update(text).digest('base64url'),
  }
}
