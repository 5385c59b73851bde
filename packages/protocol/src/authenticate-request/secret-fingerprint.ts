import { encodeHex } from '../bytes.ts'
import type { AwsSigV4Auth, HmacAuth } from './auth.ts'
import type { SigningContext } from './request.ts'

const fingerprints = new WeakMap<AwsSigV4Auth | HmacAuth, string>()

/**
 * Returns the SHA-256 of the secret, for the names of cached keys. Without it, a wrong secret for a known
 * access key ID would use the cached key of the correct secret.
 */
export function secretFingerprint(auth: AwsSigV4Auth | HmacAuth, context: SigningContext): string {
  const known = fingerprints.get(auth)
  if (known !== undefined) return known
  const secret = auth.kind === 'aws_sigv4' ? auth.secretAccessKey : auth.clientSecret
  const fingerprint = encodeHex(context.sha256(secret))
  fingerprints.set(auth, fingerprint)
  return fingerprint
}
