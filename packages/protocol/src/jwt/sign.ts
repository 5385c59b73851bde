/** Compact JWS, made: header, claims, signature. The signature itself is the caller's. */
import { encodeBase64url, encodeBase64urlText } from '../bytes.ts'

/**
 * The algorithms of our access tokens, all asymmetric.
 *
 * @see RFC 7518 §3.1, RFC 8037 §3.1
 */
export type SigningAlgorithm = 'ES256' | 'EdDSA' | 'RS256'

/**
 * The algorithms of our access tokens as a set of names.
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

/** Whether a name, exactly so written, is one of the algorithms of our access tokens. */
export function isSigningAlgorithm(alg: string): alg is SigningAlgorithm {
  return SIGNING_ALGORITHMS.has(alg)
}

/**
 * The first segment of a JWS. It is the same for every token of a key: make it once.
 *
 * @see RFC 7515 §4.1, RFC 9068 §2.1
 * @example encodeHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })
 */
export function encodeHeader(header: {
  readonly alg: SigningAlgorithm
  readonly kid: string
  readonly typ: string
}): string {
  const { alg, kid, typ } = header
  return encodeBase64urlText(JSON.stringify({ alg, kid, typ }))
}

/**
 * A compact JWS over a payload.
 *
 * @param sign answers the JWS signature of the signing input, which is ASCII: `r‖s` for ES256
 * @see RFC 7515 §3.1, §5.1
 */
export function signCompact(
  encodedHeader: string,
  payloadJson: string,
  sign: (signingInput: string) => Uint8Array,
): string {
  const signingInput = `${encodedHeader}.${encodeBase64urlText(payloadJson)}`
  return `${signingInput}.${encodeBase64url(sign(signingInput))}`
}

/**
 * An ECDSA signature as JWS writes it, `r‖s`, from ASN.1 DER, or `undefined` when the bytes are
 * not the DER of two positive integers that fit.
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
 * An ECDSA signature in ASN.1 DER from `r‖s`, or `undefined` when it is not two halves of the
 * length given: a JWS with leading zeros left out is another spelling, and no signature. Whether
 * the numbers are in the range of the curve is for the verifier.
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

/** Where an element's contents lie. Lengths up to 255 in their shortest form, as DER wants. */
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

/** Writes a positive DER integer to the right end of a half; false when it is not one, or too long. */
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
