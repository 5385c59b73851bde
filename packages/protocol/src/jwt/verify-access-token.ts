/** Verifies access tokens like a resource server (RFC 9068 §4). */
import type { AccessTokenClaims } from './claims.ts'
import { type TokenFault, type TokenRejection, verifyCompactJws } from './compact-jws.ts'
import { readClaims } from './read-claims.ts'
import { isSigningAlgorithm, SIGNING_ALGORITHMS, type SigningAlgorithm } from './sign.ts'

/** Options of {@link verifyAccessToken}. */
export type VerifyAccessTokenOptions<Key> = {
  /** Compared exactly, without normalization. */
  readonly issuer: string
  /** The accepted audiences. If absent, the caller must check `aud`. */
  readonly audiences?: ReadonlySet<string> | undefined
  /** The current time in seconds since 1970. */
  readonly nowSeconds: number
  /** The tolerated clock difference. Default: 0. */
  readonly clockSkewSeconds?: number | undefined
  /** Returns the trusted key with this ID, if it is valid for `alg`. */
  readonly findKey: (kid: string, alg: SigningAlgorithm) => Key | undefined
  /** Whether the signature is valid. Must not throw for a mismatch of key and signature. */
  readonly verify: (
    key: Key,
    alg: SigningAlgorithm,
    signingInput: string,
    signature: Uint8Array<ArrayBuffer>,
  ) => boolean
}

/** The claims of a valid access token, or the reason for rejecting it. */
export type AccessTokenResult =
  | { readonly ok: true; readonly claims: AccessTokenClaims }
  | TokenRejection

const ACCESS_TOKEN_TYPES: ReadonlySet<string> = new Set(['at+jwt', 'application/at+jwt'])

/**
 * Verifies an access token and returns its claims. Does not check revocation: the caller looks up `jti`
 * and `cred`, never the text of the token.
 *
 * @see RFC 9068 §4, RFC 7519 §7.2, RFC 8725 §3
 * @example
 * const result = verifyAccessToken(token, { issuer, audiences, nowSeconds, findKey, verify })
 * if (!result.ok) return reject(result.fault)
 */
export function verifyAccessToken<Key>(
  token: string,
  options: VerifyAccessTokenOptions<Key>,
): AccessTokenResult {
  const { findKey, verify } = options
  const jws = verifyCompactJws<Key>(token, {
    algorithms: SIGNING_ALGORITHMS,
    findKey: ({ alg, kid }) =>
      typeof kid === 'string' && isSigningAlgorithm(alg) ? findKey(kid, alg) : undefined,
    verify: (key, alg, signingInput, signature) =>
      isSigningAlgorithm(alg) && verify(key, alg, signingInput, signature),
  })
  if (!jws.ok) return jws
  if (!isAccessTokenType(jws.header['typ'])) return { ok: false, fault: 'wrong_type' }

  const result = readClaims(jws.payload)
  const fault = result.ok ? claimFault(result.claims, options) : undefined
  return fault === undefined ? result : { ok: false, fault }
}

/** RFC 9068 §4, RFC 7515 §4.1.9: case-insensitive, with or without the prefix `application/`. */
function isAccessTokenType(typ: unknown): boolean {
  return typeof typ === 'string' && ACCESS_TOKEN_TYPES.has(typ.toLowerCase())
}

function claimFault(
  claims: AccessTokenClaims,
  options: Omit<VerifyAccessTokenOptions<unknown>, 'findKey' | 'verify'>,
): TokenFault | undefined {
  const { issuer, audiences, nowSeconds, clockSkewSeconds = 0 } = options
  if (claims.iss !== issuer) return 'wrong_issuer'
  if (audiences !== undefined && !audiences.has(claims.aud)) return 'wrong_audience'
  // RFC 7519 §4.1.4: a token is rejected "on or after" exp.
  if (nowSeconds - clockSkewSeconds >= claims.exp) return 'expired'
  const isEarly = claims.nbf !== undefined && nowSeconds + clockSkewSeconds < claims.nbf
  return isEarly ? 'not_yet_valid' : undefined
}
