import type { Auth } from '../auth-types.ts'
import { encodeHex } from '../bytes.ts'
import type { SigningContext } from './request.ts'

const fingerprints = new WeakMap<Auth, string>()

/**
 * Returns the SHA-256 of the secret, for the names of cached keys. Without it, a wrong secret for a known
 * access key ID would use the cached key of the correct secret.
 */
export function secretFingerprint(auth: Auth, secret: string, context: SigningContext): string {
  const known = fingerprints.get(auth)
  if (known !== undefined) return known
  const fingerprint = encodeHex(context.sha256(secret))
  fingerprints.set(auth, fingerprint)
  return fingerprint
}
