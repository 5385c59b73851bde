/** Identifiers: a prefix for the kind and a UUIDv7 in 26 characters. Safe to log; sort by age. */

/** The prefix of every kind of identifier. */
export const ID_KINDS = [
  'org',
  'mem',
  'api',
  'cred',
  'sec',
  'intg',
  'conn',
  'whk',
  'evt',
  'dlv',
  'aud',
  'req',
  'ps',
  'ses',
  'chg',
  'key',
] as const

/** A kind of identifier. */
export type IdKind = (typeof ID_KINDS)[number]

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz'

/** 26 characters contain 130 bits. The first two bits are zero, because a UUID has 128. */
const SUFFIX = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/

/**
 * Returns a new identifier: `kind_` and a UUIDv7 (48 bits of milliseconds, 74 random bits) in Crockford's
 * base32, like a TypeID. Identifiers sort by the millisecond of their creation.
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
  const bits = (index: number) => random[index] ?? 0
  let text = `${kind}_${timeOf(nowMs)}`
  text += pair(((0x70 | (bits(0) & 0x0f)) << 2) | (bits(1) >> 6))
  text += pair(((bits(1) & 0x3f) << 4) | (0x8 | ((bits(2) >> 4) & 0x3)))
  text += pair(((bits(2) & 0x0f) << 6) | (bits(3) >> 2))
  text += pair(((bits(3) & 0x03) << 8) | bits(4))
  text += pair((bits(5) << 2) | (bits(6) >> 6))
  text += pair(((bits(6) & 0x3f) << 4) | (bits(7) >> 4))
  text += pair(((bits(7) & 0x0f) << 6) | (bits(8) >> 2))
  return text + pair(((bits(8) & 0x03) << 8) | bits(9))
}

const PAIRS = Array.from(
  { length: 1024 },
  (_, both) => CROCKFORD.charAt(both >> 5) + CROCKFORD.charAt(both & 31),
)

function pair(both: number): string {
  return PAIRS[both & 1023] ?? ''
}

let timeMs = -1
let timeText = ''

/** Returns two zero bits and 48 bits of milliseconds. Cached per millisecond. */
function timeOf(nowMs: number): string {
  if (nowMs === timeMs) return timeText
  const high = Math.floor(nowMs / 0x4000_0000)
  const low = nowMs % 0x4000_0000
  timeText = pair(high >> 10) + pair(high) + pair(low >> 20) + pair(low >> 10) + pair(low)
  timeMs = nowMs
  return timeText
}

/**
 * Whether the text is a well-formed identifier of this kind. Only lowercase is valid.
 */
export function isId(kind: IdKind, text: string): boolean {
  return text.startsWith(`${kind}_`) && SUFFIX.test(text.slice(kind.length + 1))
}
