import { encodeHex } from '../bytes.ts'
import type { AwsSigV4Auth, HmacAuth } from './auth.ts'
import type { SigningContext } from './request.ts'

const marks = new WeakMap<AwsSigV4Auth | HmacAuth, string>()

/**
 * Tells secrets apart in the names of remembered keys, and is none. Whoever knows somebody else's access key,
 * and gives a secret of their own invention, must not be signed for with the key of the right one.
 */
export function secretFingerprint(auth: AwsSigV4Auth | HmacAuth, context: SigningContext): string {
  const known = marks.get(auth)
  if (known !== undefined) return known
  const secret = auth.kind === 'aws_sigv4' ? auth.secretAccessKey : auth.clientSecret
  const mark = encodeHex(context.sha256(secret))
  marks.set(auth, mark)
  return mark
}
