/**
 * Creates compact JWS, and converts ECDSA signatures between the JWS form and DER. The caller computes the
 * signature.
 */
import { encodeBase64url, encodeBase64urlText } from '../bytes.ts'

/**
 * The signature algorithms of access tokens. All are asymmetric.
 *
 * @see RFC 7518 §3.1, RFC 8037 §3.1
 */
export type SigningAlgorithm = 'ES256' | 'EdDSA' | 'RS256'

/**
 * The names of all {@link SigningAlgorithm}s.
 *
 * @see RFC 8725 §3.1
 */
export const SIGNING_ALGORITHMS: ReadonlySet<string> = new Set<SigningAlgorithm>([
  'ES256',
  'EdDSA',
  'RS256',
])

const SEQUENCE = 0x30
const INTEGER = 0x02

/** Whether the name is a {@link SigningAlgorithm}. Case-sensitive. */
export function isSigningAlgorithm(alg: string): alg is SigningAlgorithm {
  return SIGNING_ALGORITHMS.has(alg)
}

/**
 * Returns the first segment of a JWS. Cache it: all tokens of a key share it.
 *
 * @see RFC 7515 §4.1, RFC 9068 §2.1
 * @example encodeJwsHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })
 */
export function encodeJwsHeader(header: {
  readonly alg: SigningAlgorithm
  readonly kid: string
  readonly typ: string
}): string {
  const { alg, kid, typ } = header
  return encodeBase64urlText(JSON.stringify({ alg, kid, typ }))
}

/**
 * Returns a compact JWS.
 *
 * @param sign returns the JWS signature of the ASCII signing input: `r‖s` for ES256
 * @see RFC 7515 §3.1, §5.1
 */
export function signCompactJws(
  encodedHeader: string,
  payloadJson: string,
  sign: (signingInput: string) => Uint8Array,
): string {
  const signingInput = `${encodedHeader}.${encodeBase64urlText(payloadJson)}`
  return `${signingInput}.${encodeBase64url(sign(signingInput))}`
}

/**
 * Converts an ECDSA signature from ASN.1 DER to the JWS form `r‖s`. Returns `undefined` unless the bytes
 * are the DER of two positive integers that fit.
 *
 * @param halfLength bytes of each half: 32 for P-256
 * @see RFC 7518 §3.4, RFC 3279 §2.2.3, X.690 §8.3
 */
export function derToConcat(
  der: Uint8Array,
  halfLength: number,
): Uint8Array<ArrayBuffer> | undefined {
  const body = readElement(der, 0, SEQUENCE)
  if (body === undefined || body.end !== der.length) return undefined
  const r = readElement(der, body.start, INTEGER)
  const s = r === undefined ? undefined : readElement(der, r.end, INTEGER)
  if (r === undefined || s === undefined || s.end !== der.length) return undefined

  const concat = new Uint8Array(2 * halfLength)
  const first = writeHalf(concat.subarray(0, halfLength), der.subarray(r.start, r.end))
  const second = writeHalf(concat.subarray(halfLength), der.subarray(s.start, s.end))
  return first && second ? concat : undefined
}

/**
 * Converts an ECDSA signature from `r‖s` to ASN.1 DER. Returns `undefined` for any other length: JWS
 * requires leading zeros. Does not check that the numbers are in the range of the curve.
 *
 * @param halfLength bytes of each half: 32 for P-256, at most 66
 * @see RFC 7518 §3.4, RFC 3279 §2.2.3, X.690 §8.3
 */
export function concatToDer(
  concat: Uint8Array,
  halfLength: number,
): Uint8Array<ArrayBuffer> | undefined {
  if (concat.length !== 2 * halfLength) return undefined
  const r = derInteger(concat.subarray(0, halfLength))
  const s = derInteger(concat.subarray(halfLength))
  const length = r.length + s.length
  const head = length < 0x80 ? [SEQUENCE, length] : [SEQUENCE, 0x81, length]
  const der = new Uint8Array(head.length + length)
  der.set(head)
  der.set(r, head.length)
  der.set(s, head.length + r.length)
  return der
}

/** Returns the range of the contents of an element. DER requires the shortest form of the length. */
function readElement(
  der: Uint8Array,
  offset: number,
  tag: number,
): { readonly start: number; readonly end: number } | undefined {
  const short = der[offset + 1] ?? 0
  const isLong = short === 0x81
  const length = isLong ? (der[offset + 2] ?? 0) : short
  const start = offset + (isLong ? 3 : 2)
  const isShortest = isLong ? length >= 0x80 : length < 0x80
  if (der[offset] !== tag || !isShortest || start + length > der.length) return undefined
  return { start, end: start + length }
}

/** Writes a positive DER integer right-aligned into a half. Returns false if invalid or too long. */
function writeHalf(half: Uint8Array, integer: Uint8Array): boolean {
  const first = integer[0] ?? 0xff
  const isPadded = first === 0 && integer.length > 1
  if (first >= 0x80 || (isPadded && (integer[1] ?? 0) < 0x80)) return false
  const digits = isPadded ? integer.subarray(1) : integer
  if (digits.length > half.length) return false
  half.set(digits, half.length - digits.length)
  return true
}

function derInteger(half: Uint8Array): Uint8Array {
  const firstDigit = half.findIndex((byte) => byte !== 0)
  const digits = firstDigit < 0 ? half.subarray(half.length - 1) : half.subarray(firstDigit)
  const isPadded = (digits[0] ?? 0) >= 0x80
  const integer = new Uint8Array(digits.length + (isPadded ? 3 : 2))
  integer.set([INTEGER, digits.length + (isPadded ? 1 : 0)])
  integer.set(digits, integer.length - digits.length)
  return integer
}
