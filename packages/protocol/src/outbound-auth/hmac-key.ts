import type { HmacAuth } from '../auth-types.ts'
import { decodeBase64, decodeHex, encodeUtf8 } from '../bytes.ts'
import type { HmacRecipe } from './hmac-recipe.ts'
import { type SigningContext, SigningError } from './request.ts'
import { secretFingerprint } from './secret-fingerprint.ts'

type Encoding = NonNullable<HmacRecipe['key']>

const DECODERS: Record<Encoding, (secret: string) => Uint8Array | undefined> = {
  utf8: encodeUtf8,
  hex: decodeHex,
  base64: decodeBase64,
}

/**
 * Returns the key bytes of a client secret, from the key cache of the context if there is one.
 *
 * @throws {SigningError} when the secret does not have this encoding
 */
export function hmacKey(auth: HmacAuth, encoding: Encoding, context: SigningContext): Uint8Array {
  if (context.cachedKey === undefined) return decodeKey(auth, encoding)
  const name = `hmac_sha256 ${encoding} ${secretFingerprint(auth, auth.clientSecret, context)}`
  return context.cachedKey(name, () => decodeKey(auth, encoding))
}

function decodeKey({ clientSecret }: HmacAuth, encoding: Encoding): Uint8Array {
  const key = DECODERS[encoding](clientSecret)
  if (key === undefined) throw new SigningError(`The client secret is not valid ${encoding}.`)
  return key
}
