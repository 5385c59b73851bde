/** Compact JWS, read: strict in form, closed in algorithms, blind to keys that a token brings. */
import { decodeBase64url, decodeUtf8 } from '../bytes.ts'
import { isJsonObject, parseStrictJson } from '../json.ts'
import { SIGNING_ALGORITHMS } from './sign.ts'

/** Why a token was refused. For logs and for the owner of the API, not for whoever sent it. */
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

/** A refusal of a token. */
export type TokenRejection = { readonly ok: false; readonly fault: TokenFault }

/**
 * The protected header of a JWS: `alg` is known to be a string, nothing else is known.
 *
 * @see RFC 7515 §4
 */
export type JwsHeader = Readonly<Record<string, unknown>> & { readonly alg: string }

/** The parts of a compact JWS whose signature is not yet checked. */
export type CompactJws = {
  readonly ok: true
  readonly header: JwsHeader
  /** The JSON of the header, as it was signed. */
  readonly headerText: string
  readonly payload: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
  /** ASCII: the first two segments and the dot between them. */
  readonly signingInput: string
}

/** How to verify a compact JWS. */
export type JwsVerification<Key> = {
  /** The algorithms allowed; `none` is refused even here. */
  readonly algorithms: ReadonlySet<string>
  /** The key the header names, from the verifier's own store, and only if it is one for `alg`. */
  readonly findKey: (header: JwsHeader) => Key | undefined
  /** Whether the signature is right. Must not throw when key and signature do not fit. */
  readonly verify: (
    key: Key,
    alg: string,
    signingInput: string,
    signature: Uint8Array<ArrayBuffer>,
  ) => boolean
}

/** What a verified JWS says. */
export type VerifiedJws = {
  readonly ok: true
  readonly header: JwsHeader
  readonly payload: Uint8Array<ArrayBuffer>
}

const TOKEN_LENGTH_MAX = 8_192

/**
 * Parameters that change how a token is read (RFC 7515 §4.1.11, RFC 7797 §3) or that bring a key
 * along (RFC 7515 §4.1.2, §4.1.3, §4.1.5, §4.1.6). None is understood, so each is a refusal.
 */
const FORBIDDEN_PARAMETERS = ['crit', 'b64', 'jku', 'jwk', 'x5u', 'x5c'] as const

/**
 * The parts of a compact JWS, or a refusal. Exactly three segments in their only base64url
 * spelling, 8 KiB at most, a header without duplicate names. JWE and the JSON serialization are
 * `malformed`; an algorithm that is not allowed, `crit`, `b64` and headers that bring a key are
 * `unsupported`.
 *
 * @param algorithms those of our access tokens unless told; `none` is never allowed
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
 * The header and payload of a compact JWS whose signature is right, or a refusal. What the payload
 * means, the caller judges.
 *
 * @see RFC 7515 §5.2, RFC 8725 §3.1
 */
export function verifyCompactJws<Key>(
  token: string,
  options: JwsVerification<Key>,
): VerifiedJws | TokenRejection {
  const jws = parseCompactJws(token, options.algorithms)
  if (!jws.ok) return jws
  const { header, payload, signature, signingInput } = jws
  const key = options.findKey(header)
  if (key === undefined) return reject('unknown_key')
  const isRight = options.verify(key, header.alg, signingInput, signature)
  return isRight ? { ok: true, header, payload } : reject('bad_signature')
}

/** Three segments, of which the payload alone may be empty. Their alphabet is the decoder's. */
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
  return !FORBIDDEN_PARAMETERS.some((name) => Object.hasOwn(header, name))
}

function reject(fault: TokenFault): TokenRejection {
  return { ok: false, fault }
}
