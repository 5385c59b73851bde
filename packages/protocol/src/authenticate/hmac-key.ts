import { decodeBase64, decodeHex, encodeUtf8 } from '../bytes.ts'
import type { HmacAuth } from './auth.ts'
import type { HmacRecipe } from './hmac-recipe.ts'
import { type SigningContext, SigningError } from './request.ts'
import { secretFingerprint } from './secret-fingerprint.ts'

type Spelling = NonNullable<HmacRecipe['key']>

const DECODERS: Record<Spelling, (secret: string) => Uint8Array | undefined> = {
  utf8: encodeUtf8,
  hex: decodeHex,
  base64: decodeBase64,
}

/**
 * The key that a client secret spells, kept where what surrounds us keeps keys.
 *
 * @throws {SigningError} when the secret is not spelled so
 */
export function hmacKey(auth: HmacAuth, spelling: Spelling, context: SigningContext): Uint8Array {
  if (context.cachedKey === undefined) return decodeKey(auth, spelling)
  const name = `hmac_sha256 ${spelling} ${secretFingerprint(auth, context)}`
  return context.cachedKey(name, () => decodeKey(auth, spelling))
}

function decodeKey({ clientSecret }: HmacAuth, spelling: Spelling): Uint8Array {
  const key = DECODERS[spelling](clientSecret)
  if (key === undefined) throw new SigningError(`The client secret is not written in ${spelling}.`)
  return key
}
