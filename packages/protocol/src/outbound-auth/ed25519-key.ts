/** Ed25519 private keys as texts: PKCS #8 in PEM (RFC 5958, RFC 8410 §7) and JWK (RFC 8037 §2). */
import { decodeBase64, decodeBase64url } from '../bytes.ts'
import { isJsonObject } from '../json.ts'

const SEED_BYTES = 32

/** White space between the markers is optional, because single-line inputs remove line breaks. */
const PEM = /^-----BEGIN PRIVATE KEY-----([\s\w+/=]+)-----END PRIVATE KEY-----$/

/** The start of the DER form after the version: the algorithm Ed25519, and the octet string of the seed. */
const DER_AFTER_VERSION = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]
const SEQUENCE = 0x30
/** Sequence, length, and an integer of one byte. */
const VERSION_END = 5

/**
 * Returns the 32 bytes of an Ed25519 private key, the seed of RFC 8032 §5.1.5. Returns `undefined` if the
 * text is neither PKCS #8 in PEM nor a private JWK of the curve Ed25519.
 */
export function parseEd25519PrivateKey(text: string): Uint8Array | undefined {
  const trimmed = text.trim()
  const [, base64] = PEM.exec(trimmed) ?? []
  return base64 === undefined ? parseJwk(trimmed) : parsePkcs8(base64.replaceAll(/\s/g, ''))
}

function parsePkcs8(base64: string): Uint8Array | undefined {
  const der = decodeBase64(base64)
  const start = VERSION_END + DER_AFTER_VERSION.length
  if (der === undefined || der.length < start + SEED_BYTES) return undefined
  const [tag, length, versionTag, versionLength, version = 2] = der
  // RFC 5958 §2: version 1 can include the public key after the private key.
  const isVersioned = versionTag === 0x02 && versionLength === 1 && version <= 1
  if (tag !== SEQUENCE || length !== der.length - 2 || !isVersioned) return undefined
  const isEd25519 = DER_AFTER_VERSION.every((byte, index) => der[VERSION_END + index] === byte)
  const isWhole = version === 1 || der.length === start + SEED_BYTES
  return isEd25519 && isWhole ? der.slice(start, start + SEED_BYTES) : undefined
}

function parseJwk(text: string): Uint8Array | undefined {
  const jwk = parseJson(text)
  if (!isJsonObject(jwk) || jwk['kty'] !== 'OKP' || jwk['crv'] !== 'Ed25519') return undefined
  const seed = typeof jwk['d'] === 'string' ? decodeBase64url(jwk['d']) : undefined
  return seed?.length === SEED_BYTES ? seed : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
