import { encodeBase64, encodeBase64url, encodeHex, type SigningContext } from '@keyporter/protocol'

/** The mask for secrets and signatures of any length. */
export const MASK = '••••'

/** Stands for digests of a body, and for nonces. */
const VARIABLE = '…'

/** Secrets are not needed for a preview, so that these texts replace all of them. */
export const STAND_IN_SECRET = 'stand-in-for-a-secret'

/** Returns the text that stands for a missing field. It is valid in every part of a request. */
export function standInFor(name: string): string {
  return `missing-${name}-field`
}

// A UUID, because one scheme requires it.
const NONCE = '5eed5eed-0000-4000-8000-5eed5eed5eed'
const DIGEST = new Uint8Array(32).fill(0xd1)
const SHA1_MAC = new Uint8Array(20).fill(0xa5)
const SHA256_MAC = new Uint8Array(32).fill(0xb6)
const ED25519_SIGNATURE = new Uint8Array(64).fill(0xc7)
const MACS = [SHA1_MAC, SHA256_MAC, ED25519_SIGNATURE]

const ENCODERS = [
  encodeHex,
  (bytes: Uint8Array) => encodeHex(bytes).toUpperCase(),
  encodeBase64,
  (bytes: Uint8Array) => encodeURIComponent(encodeBase64(bytes)),
  encodeBase64url,
]

const replacements: readonly (readonly [text: string, shown: string])[] = [
  ...ENCODERS.map((encode) => [encode(DIGEST), VARIABLE] as const),
  ...MACS.flatMap((mac) => ENCODERS.map((encode) => [encode(mac), MASK] as const)),
  [NONCE, VARIABLE],
]

/** Returns a signing context with constant digests, signatures and nonces, and without any key. */
export function previewContext(nowMs: number): SigningContext {
  return {
    sha256: () => DIGEST,
    hmacSha256: () => SHA256_MAC,
    hmacSha1: () => SHA1_MAC,
    signEd25519: () => ED25519_SIGNATURE,
    // A key is never derived: the secret is a stand-in.
    cachedKey: () => SHA256_MAC,
    nonce: () => NONCE,
    nowMs,
  }
}

/** Replaces secrets, signatures, digests and nonces with masks, and stand-ins with the field's name. */
export function masked(text: string, secrets: readonly string[]): string {
  const known = [...secrets, STAND_IN_SECRET].filter((secret) => secret !== '')
  const parts = known.filter((secret) => secret !== text).toSorted(byLength)
  const shown = [...parts.map((secret) => [secret, MASK] as const), ...replacements].reduce(
    (before, [from, to]) => before.replaceAll(from, to),
    text,
  )
  // A text that is a secret as a whole can contain a public part, such as the prefix of a token.
  return shown === text && known.includes(text)
    ? MASK
    : shown.replaceAll(/missing-(\w+)-field/gi, '<$1>')
}

function byLength(one: string, other: string): number {
  return other.length - one.length
}
