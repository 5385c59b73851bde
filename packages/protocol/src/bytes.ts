/** Base64, hex, UTF-8 and comparison of bytes: strict in what they accept, one spelling each. */

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const HEX = '0123456789abcdef'

/** Marks a character outside the alphabet: more than any value of six bits or of four. */
const INVALID = 0xff
const SEXTET_MAX = 63

const BASE64URL_VALUES = valuesOf(BASE64URL)
const BASE64_VALUES = valuesOf(BASE64)
const HEX_VALUES = valuesOf(HEX)
for (const [index, letter] of [...'ABCDEF'].entries()) HEX_VALUES[letter.charCodeAt(0)] = 10 + index

/** Twelve bits at a time: half the lookups and half the string joints of a table of 64. */
const BASE64URL_PAIRS = pairsOf(BASE64URL)
const BASE64_PAIRS = pairsOf(BASE64)

const PRINTABLE_ASCII_ONLY = /^[ -~]*$/

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The bytes in base64url without padding.
 *
 * @see RFC 4648 §5, RFC 7515 §2
 * @example encodeBase64url(Uint8Array.of(251, 255)) // '-_8'
 */
export function encodeBase64url(bytes: Uint8Array): string {
  return encodeSextets(bytes, BASE64URL_PAIRS)
}

/**
 * The bytes in base64, padded.
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
 * The UTF-8 bytes of a text in base64url, as the segments of a JWS are written. Printable ASCII,
 * which our claims are, takes a road that is several times shorter.
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
 * The bytes of a base64url text, or `undefined` unless it is their only spelling: no padding, no
 * white space, no other alphabet, unused bits zero.
 *
 * @see RFC 4648 §3.2, §3.3, §3.5, §5
 * @example decodeBase64url('-_8') // Uint8Array [251, 255]; '-_9' and '-_8=' are undefined
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  return decodeSextets(text, text.length, BASE64URL_VALUES)
}

/**
 * The bytes of a base64 text, or `undefined` unless it is their only spelling: padded to four
 * characters, no white space, unused bits zero.
 *
 * @see RFC 4648 §3.2, §3.5, §4
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return decodeSextets(text, text.length - padding, BASE64_VALUES)
}

/**
 * The bytes in lower-case hexadecimal.
 *
 * @see RFC 4648 §8
 */
export function encodeHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15)
  return text
}

/**
 * The bytes of a hexadecimal text of either case, or `undefined` when it is anything else.
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
 * The text in UTF-8. A lone surrogate, which has no UTF-8 form, becomes U+FFFD.
 *
 * @see RFC 3629 §3
 */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/**
 * The text of UTF-8 bytes, or `undefined` when they are not UTF-8. A byte order mark is kept, so
 * that whoever parses the text refuses it.
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
 * Whether two byte strings are equal, in a time that depends on their lengths alone. Lengths are
 * not secret: unequal ones are answered at once.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index += 1)
    difference |= byteAt(a, index) ^ byteAt(b, index)
  return difference === 0
}

/** Three bytes to four characters, without padding; `pairs` has two characters for every twelve bits. */
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

/** Four characters to three bytes; what is no whole group of four is left to `decodeRest`. */
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

/** RFC 4648 §3.5: a decoder may refuse unused bits that are not zero. One spelling: it does. */
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
