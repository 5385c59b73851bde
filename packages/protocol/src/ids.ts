/** Identifiers: a word for the kind, then a UUIDv7 in 26 characters. Safe to log, sorted by age. */

/** Every kind of identifier, in the spelling of its prefix. */
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
] as const

/** The kind of a thing that has an identifier. */
export type IdKind = (typeof ID_KINDS)[number]

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz'

/** 26 characters hold 130 bits; the first carries the two that a UUID does not have, as zeros. */
const SUFFIX = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/

/**
 * A new identifier `kind_` + 26 characters: a TypeID, that is a UUIDv7 (48 bits of milliseconds,
 * 74 random bits) in Crockford's base32. Identifiers of later milliseconds sort after earlier ones.
 *
 * @param randomBytes answers as many random bytes as it is asked for
 * @see RFC 9562 §5.7, TypeID 0.3
 * @example generateId('cred', 1_645_557_742_000, randomBytes) // 'cred_01fwhe4y…'
 */
export function generateId(
  kind: IdKind,
  nowMs: number,
  randomBytes: (length: number) => Uint8Array,
): string {
  const uuid = new Uint8Array(16)
  const view = new DataView(uuid.buffer)
  uuid.set(randomBytes(10), 6)
  view.setUint32(0, Math.floor(nowMs / 0x1_0000))
  view.setUint16(4, nowMs % 0x1_0000)
  view.setUint16(6, (view.getUint16(6) & 0x0fff) | 0x7000)
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80)
  return `${kind}_${encodeCrockford(uuid)}`
}

/**
 * Whether a text has the form of an identifier of this kind. Lower case only: an identifier has
 * one spelling.
 */
export function isId(kind: IdKind, text: string): boolean {
  return text.startsWith(`${kind}_`) && SUFFIX.test(text.slice(kind.length + 1))
}

/** 128 bits with two zeros before them, five at a time. */
function encodeCrockford(uuid: Uint8Array): string {
  let text = ''
  let pending = 0
  let pendingBits = 2
  for (const byte of uuid) {
    pending = ((pending << 8) | byte) & 0xffff
    pendingBits += 8
    while (pendingBits >= 5) {
      pendingBits -= 5
      text += CROCKFORD.charAt((pending >> pendingBits) & 31)
    }
  }
  return text
}
