/**
 * Identifiers: a prefix for the kind and a UUIDv7 in 26 characters. Identifiers are not secret, so logs may
 * contain them.
 */

/** The prefix of every kind of identifier. */
export const ID_KINDS = [
  // organization, member, API
  'org',
  'mem',
  'api',
  // issued credential and its secrets
  'cred',
  'sec',
  // integration, connection
  'intg',
  'conn',
  // webhook, event, delivery
  'whk',
  'evt',
  'dlv',
  // audit event, request
  'aud',
  'req',
  // portal session, console session
  'ps',
  'ses',
  // change record, encryption or signing key
  'chg',
  'key',
] as const

/** A kind of identifier. */
export type IdKind = (typeof ID_KINDS)[number]

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz'

/** 26 characters have 130 bits. A UUID has 128, so the first two bits are zero. */
const SUFFIX = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/

/**
 * Returns a new identifier: `kind_` and a UUIDv7 (48 bits of milliseconds, 74 random bits) in Crockford's
 * base32, like a TypeID. The identifiers of a kind sort by the millisecond of their creation.
 *
 * @param randomBytes returns the requested number of random bytes
 * @see RFC 9562 §5.7, TypeID 0.3
 * @example generateId('cred', 1_645_557_742_000, randomBytes) // 'cred_01fwhe4y…'
 */
export function generateId(
  kind: IdKind,
  nowMs: number,
  randomBytes: (length: number) => Uint8Array,
): string {
  const random = randomBytes(10)
  // Version 7 in the upper four bits of the first byte, variant 10 in the upper two of the third.
  const byteAt = (index: number) => random[index] ?? 0
  let text = `${kind}_${encodeTime(nowMs)}`
  text += pairOf(((0x70 | (byteAt(0) & 0x0f)) << 2) | (byteAt(1) >> 6))
  text += pairOf(((byteAt(1) & 0x3f) << 4) | (0x8 | ((byteAt(2) >> 4) & 0x3)))
  text += pairOf(((byteAt(2) & 0x0f) << 6) | (byteAt(3) >> 2))
  text += pairOf(((byteAt(3) & 0x03) << 8) | byteAt(4))
  text += pairOf((byteAt(5) << 2) | (byteAt(6) >> 6))
  text += pairOf(((byteAt(6) & 0x3f) << 4) | (byteAt(7) >> 4))
  text += pairOf(((byteAt(7) & 0x0f) << 6) | (byteAt(8) >> 2))
  return text + pairOf(((byteAt(8) & 0x03) << 8) | byteAt(9))
}

const PAIRS = Array.from(
  { length: 1024 },
  (_, bits) => CROCKFORD.charAt(bits >> 5) + CROCKFORD.charAt(bits & 31),
)

/** Returns the two characters of the lowest ten bits. */
function pairOf(bits: number): string {
  return PAIRS[bits & 1023] ?? ''
}

let cachedMs = -1
let cachedTime = ''

/** Returns the ten characters of two zero bits and 48 bits of milliseconds. Caches the last result. */
function encodeTime(nowMs: number): string {
  if (nowMs === cachedMs) return cachedTime
  const high = Math.floor(nowMs / 0x4000_0000)
  const low = nowMs % 0x4000_0000
  cachedTime =
    pairOf(high >> 10) + pairOf(high) + pairOf(low >> 20) + pairOf(low >> 10) + pairOf(low)
  cachedMs = nowMs
  return cachedTime
}

/**
 * Whether the text is a well-formed identifier of this kind. Only lowercase is valid.
 */
export function isId(kind: IdKind, text: string): boolean {
  return text.startsWith(`${kind}_`) && SUFFIX.test(text.slice(kind.length + 1))
}
