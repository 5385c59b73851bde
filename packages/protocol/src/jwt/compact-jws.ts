/** Parses and verifies compact JWS, with an allowlist of algorithms. Ignores keys in the token. */
import { decodeBase64url, decodeUtf8 } from '../bytes.ts'
import { isJsonObject, parseStrictJson } from '../json.ts'
import { SIGNING_ALGORITHMS } from './sign.ts'

/** The reason for rejecting a token. For logs and the API owner, not for the sender of the token. */
export type TokenFault =
  | 'malformed'
  | 'unsupported'
  | 'bad_signature'
  | 'unknown_key'
  | 'expired'
  | 'not_yet_valid'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'missing_claim'
  | 'wrong_type'

/** A rejected token. */
export type TokenRejection = { readonly ok: false; readonly fault: TokenFault }

/**
 * The protected header of a JWS. Only `alg` is validated.
 *
 * @see RFC 7515 §4
 */
export type JwsHeader = Readonly<Record<string, unknown>> & { readonly alg: string }

/** The parts of a compact JWS. The signature is not verified. */
export type CompactJws = {
  readonly ok: true
  readonly header: JwsHeader
  /** The signed JSON of the header. */
  readonly headerText: string
  readonly payload: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
  /** The first two segments with the dot between them. ASCII. */
  readonly signingInput: string
}

/** Options of {@link verifyCompactJws}. */
export type VerifyCompactJwsOptions<Key> = {
  /** The allowed algorithms. `none` is always rejected. */
  readonly algorithms: ReadonlySet<string>
  /** Returns the trusted key that the header names, if it is valid for `alg`. */
  readonly findKey: (header: JwsHeader) => Key | undefined
  /** Whether the signature is valid. Must not throw for a mismatch of key and signature. */
  readonly verify: (
    key: Key,
    alg: string,
    signingInput: string,
    signature: Uint8Array<ArrayBuffer>,
  ) => boolean
}

/** The content of a verified JWS. */
export type VerifiedJws = {
  readonly ok: true
  readonly header: JwsHeader
  readonly payload: Uint8Array<ArrayBuffer>
}

const TOKEN_LENGTH_MAX = 8_192

/**
 * Unsupported header parameters: they change the processing (RFC 7515 §4.1.11, RFC 7797 §3) or contain
 * a key (RFC 7515 §4.1.2, §4.1.3, §4.1.5, §4.1.6).
 */
const UNSUPPORTED_PARAMETERS = ['crit', 'b64', 'jku', 'jwk', 'x5u', 'x5c'] as const

/**
 * Parses a compact JWS without verifying it. Requires three segments in canonical base64url, at most
 * 8 KiB, and a header without duplicate names. JWE and the JSON serialization are `malformed`. Other
 * algorithms, `crit`, `b64` and header parameters with a key are `unsupported`.
 *
 * @param algorithms the allowed algorithms. Default: {@link SIGNING_ALGORITHMS}. `none` is never allowed
 * @see RFC 7515 §3.1, §5.2, RFC 8725 §3.1, §3.2
 */
export function parseCompactJws(
  token: string,
  algorithms: ReadonlySet<string> = SIGNING_ALGORITHMS,
): CompactJws | TokenRejection {
  if (token.length > TOKEN_LENGTH_MAX) return reject('malformed')
  const segments = splitSegments(token)
  if (segments === undefined) return reject('malformed')

  const { head, body, tail } = segments
  const headerText = decodeText(head)
  const header = headerText === undefined ? undefined : parseHeader(headerText)
  if (headerText === undefined || header === undefined) return reject('malformed')
  if (!isSupported(header, algorithms)) return reject('unsupported')

  const payload = decodeBase64url(body)
  const signature = decodeBase64url(tail)
  if (payload === undefined || signature === undefined) return reject('malformed')
  const signingInput = token.slice(0, head.length + 1 + body.length)
  return { ok: true, header, headerText, payload, signature, signingInput }
}

/**
 * Verifies the signature of a compact JWS and returns header and payload. Does not check the payload.
 *
 * @see RFC 7515 §5.2, RFC 8725 §3.1
 */
export function verifyCompactJws<Key>(
  token: string,
  options: VerifyCompactJwsOptions<Key>,
): VerifiedJws | TokenRejection {
  const jws = parseCompactJws(token, options.algorithms)
  if (!jws.ok) return jws
  const { header, payload, signature, signingInput } = jws
  const key = options.findKey(header)
  if (key === undefined) return reject('unknown_key')
  const isValid = options.verify(key, header.alg, signingInput, signature)
  return isValid ? { ok: true, header, payload } : reject('bad_signature')
}

/** Splits the three segments. Only the payload can be empty. The decoder checks the alphabet. */
function splitSegments(
  token: string,
): { readonly head: string; readonly body: string; readonly tail: string } | undefined {
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first < 1 || second < 0 || second === token.length - 1) return undefined
  if (token.includes('.', second + 1)) return undefined
  return {
    head: token.slice(0, first),
    body: token.slice(first + 1, second),
    tail: token.slice(second + 1),
  }
}

function decodeText(segment: string): string | undefined {
  const bytes = decodeBase64url(segment)
  return bytes === undefined ? undefined : decodeUtf8(bytes)
}

function parseHeader(text: string): JwsHeader | undefined {
  const parsed = parseStrictJson(text)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  return hasAlgorithm(parsed.value) ? parsed.value : undefined
}

function hasAlgorithm(header: Readonly<Record<string, unknown>>): header is JwsHeader {
  return typeof header['alg'] === 'string'
}

function isSupported(header: JwsHeader, algorithms: ReadonlySet<string>): boolean {
  if (header.alg.toLowerCase() === 'none' || !algorithms.has(header.alg)) return false
  return !UNSUPPORTED_PARAMETERS.some((name) => Object.hasOwn(header, name))
}

function reject(fault: TokenFault): TokenRejection {
  return { ok: false, fault }
}
