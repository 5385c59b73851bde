/** Base64, hexadecimal, UTF-8 and byte comparison. Decoders accept only the canonical encoding. */

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const HEX = '0123456789abcdef'

/** Marks a character outside the alphabet. Greater than every 6-bit value. */
const INVALID = 0xff
const SEXTET_MAX = 63

const BASE64URL_VALUES = valuesOf(BASE64URL)
const BASE64_VALUES = valuesOf(BASE64)
const HEX_VALUES = valuesOf(HEX)
for (const [index, letter] of [...'ABCDEF'].entries()) HEX_VALUES[letter.charCodeAt(0)] = 10 + index

/** Tables for 12 bits need half the lookups and concatenations of tables for 6 bits. */
const BASE64URL_PAIRS = pairsOf(BASE64URL)
const BASE64_PAIRS = pairsOf(BASE64)

const PRINTABLE_ASCII_ONLY = /^[ -~]*$/

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Encodes bytes in base64url without padding.
 *
 * @see RFC 4648 §5, RFC 7515 §2
 * @example encodeBase64url(Uint8Array.of(251, 255)) // '-_8'
 */
export function encodeBase64url(bytes: Uint8Array): string {
  return encodeSextets(bytes, BASE64URL_PAIRS)
}

/**
 * Encodes bytes in base64 with padding.
 *
 * @see RFC 4648 §4
 * @example encodeBase64(Uint8Array.of(251, 255)) // '+/8='
 */
export function encodeBase64(bytes: Uint8Array): string {
  const text = encodeSextets(bytes, BASE64_PAIRS)
  const rest = bytes.length % 3
  return rest === 0 ? text : `${text}${rest === 1 ? '==' : '='}`
}

/**
 * Encodes the UTF-8 bytes of a text in base64url, like the segments of a JWS. Printable ASCII uses a
 * faster path.
 *
 * @see RFC 7515 §3
 */
export function encodeBase64urlText(text: string): string {
  if (!PRINTABLE_ASCII_ONLY.test(text)) return encodeBase64url(encodeUtf8(text))
  const padded = btoa(text)
  let end = padded.length
  while (padded.charAt(end - 1) === '=') end -= 1
  return padded.slice(0, end).replaceAll('+', '-').replaceAll('/', '_')
}

/**
 * Decodes base64url. Returns `undefined` unless the text is canonical: no padding, no white space, and
 * unused bits are zero.
 *
 * @see RFC 4648 §3.2, §3.3, §3.5, §5
 * @example decodeBase64url('-_8') // Uint8Array [251, 255]; '-_9' and '-_8=' are undefined
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  return decodeSextets(text, text.length, BASE64URL_VALUES)
}

/**
 * Decodes base64. Returns `undefined` unless the text is canonical: padded, no white space, and unused
 * bits are zero.
 *
 * @see RFC 4648 §3.2, §3.5, §4
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return decodeSextets(text, text.length - padding, BASE64_VALUES)
}

/**
 * Encodes bytes in lowercase hexadecimal.
 *
 * @see RFC 4648 §8
 */
export function encodeHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15)
  return text
}

/**
 * Decodes hexadecimal of either case. Returns `undefined` for other text.
 *
 * @see RFC 4648 §8
 */
export function decodeHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 2 !== 0) return undefined
  const bytes = new Uint8Array(text.length / 2)
  for (let index = 0; index < bytes.length; index += 1) {
    const high = valueAt(HEX_VALUES, text, 2 * index)
    const low = valueAt(HEX_VALUES, text, 2 * index + 1)
    if (high === INVALID || low === INVALID) return undefined
    bytes[index] = (high << 4) | low
  }
  return bytes
}

/**
 * Encodes text in UTF-8. A lone surrogate becomes U+FFFD.
 *
 * @see RFC 3629 §3
 */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/**
 * Decodes UTF-8. Returns `undefined` for invalid UTF-8. Keeps a byte order mark, so that parsers reject
 * it.
 *
 * @see RFC 3629 §3, §6
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Whether two byte arrays are equal. Takes constant time for equal lengths. Lengths are not secret.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index += 1)
    difference |= byteAt(a, index) ^ byteAt(b, index)
  return difference === 0
}

/** Encodes without padding. `pairs` contains two characters for every 12-bit value. */
function encodeSextets(bytes: Uint8Array, pairs: readonly string[]): string {
  const whole = bytes.length - (bytes.length % 3)
  let text = ''
  for (let index = 0; index < whole; index += 3) {
    const bits = (byteAt(bytes, index) << 16) | (byteAt(bytes, index + 1) << 8)
    text += pairAt(pairs, bits >> 12) + pairAt(pairs, (bits & 0xfff) | byteAt(bytes, index + 2))
  }
  if (bytes.length - whole === 1) return text + pairAt(pairs, byteAt(bytes, whole) << 4)
  if (bytes.length - whole === 2) {
    const bits = ((byteAt(bytes, whole) << 8) | byteAt(bytes, whole + 1)) << 2
    return text + pairAt(pairs, bits >> 6) + pairAt(pairs, bits & 63).charAt(1)
  }
  return text
}

/** Decodes groups of four characters. `decodeRest` decodes an incomplete last group. */
function decodeSextets(
  text: string,
  length: number,
  values: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array((length * 3) >> 2)
  const whole = length - (length % 4)
  let seen = 0
  let written = 0
  for (let index = 0; index < whole; index += 4) {
    const a = valueAt(values, text, index)
    const b = valueAt(values, text, index + 1)
    const c = valueAt(values, text, index + 2)
    const d = valueAt(values, text, index + 3)
    seen |= a | b | c | d
    bytes[written] = (a << 2) | (b >> 4)
    bytes[written + 1] = (b << 4) | (c >> 2)
    bytes[written + 2] = (c << 6) | d
    written += 3
  }
  if (seen > SEXTET_MAX) return undefined
  return decodeRest({ text, start: whole, end: length, values }, bytes) ? bytes : undefined
}

/** RFC 4648 §3.5: rejects unused bits that are not zero, so that every value has one encoding. */
function decodeRest(
  rest: {
    readonly text: string
    readonly start: number
    readonly end: number
    readonly values: Uint8Array
  },
  bytes: Uint8Array,
): boolean {
  const { text, start, end, values } = rest
  if (start === end) return true
  if (end - start === 1) return false
  const a = valueAt(values, text, start)
  const b = valueAt(values, text, start + 1)
  const c = end - start === 3 ? valueAt(values, text, start + 2) : 0
  if ((a | b | c) > SEXTET_MAX) return false
  const written = (start * 3) >> 2
  bytes[written] = (a << 2) | (b >> 4)
  if (end - start === 2) return (b & 0b1111) === 0
  bytes[written + 1] = (b << 4) | (c >> 2)
  return (c & 0b11) === 0
}

function valuesOf(alphabet: string): Uint8Array {
  const values = new Uint8Array(128).fill(INVALID)
  for (let index = 0; index < alphabet.length; index += 1)
    values[alphabet.charCodeAt(index)] = index
  return values
}

function valueAt(values: Uint8Array, text: string, index: number): number {
  const unit = text.charCodeAt(index)
  return unit < 128 ? (values[unit] ?? INVALID) : INVALID
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}

function pairsOf(alphabet: string): readonly string[] {
  return Array.from(
    { length: 4096 },
    (_, bits) => alphabet.charAt(bits >> 6) + alphabet.charAt(bits & 63),
  )
}

function pairAt(pairs: readonly string[], bits: number): string {
  return pairs[bits] ?? ''
}
