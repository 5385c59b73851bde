/** Access tokens, verified as a resource server must (RFC 9068 §4). */
import type { AccessTokenClaims } from './claims.ts'
import { type TokenFault, type TokenRejection, verifyCompactJws } from './compact-jws.ts'
import { readClaims } from './read-claims.ts'
import { isSigningAlgorithm, SIGNING_ALGORITHMS, type SigningAlgorithm } from './sign.ts'

/** How to verify an access token. */
export type AccessTokenVerification<Key> = {
  /** Compared byte for byte: no slash is added or removed. */
  readonly issuer: string
  /** The audiences that are us. Absent: `aud` is for the caller to judge. */
  readonly audiences?: ReadonlySet<string> | undefined
  /** The time, in seconds since 1970. */
  readonly nowSeconds: number
  /** How far two clocks may be apart, 0 unless told. */
  readonly clockSkewSeconds?: number | undefined
  /** The key of that id from the verifier's own store, and only if it is one for `alg`. */
  readonly findKey: (kid: string, alg: SigningAlgorithm) => Key | undefined
  /** Whether the signature is right. Must not throw when key and signature do not fit. */
  readonly verify: (
    key: Key,
    alg: SigningAlgorithm,
    signingInput: string,
    signature: Uint8Array<ArrayBuffer>,
  ) => boolean
}

/** What a verified access token says, or why it was refused. */
export type AccessTokenResult =
  | { readonly ok: true; readonly claims: AccessTokenClaims }
  | TokenRejection

const ACCESS_TOKEN_TYPES: ReadonlySet<string> = new Set(['at+jwt', 'application/at+jwt'])

/**
 * The claims of an access token that is valid at this instant, or why it is not. Revocation is not
 * known here: ask by `jti` and `cred`, never by the token's text.
 *
 * @see RFC 9068 §4, RFC 7519 §7.2, RFC 8725 §3
 * @example
 * const result = verifyAccessToken(token, { issuer, audiences, nowSeconds, findKey, verify })
 * if (!result.ok) return refuse(result.fault)
 */
export function verifyAccessToken<Key>(
  token: string,
  options: AccessTokenVerification<Key>,
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

/** RFC 9068 §4 and RFC 7515 §4.1.9: the prefix `application/` may be left out, case is nothing. */
function isAccessTokenType(typ: unknown): boolean {
  return typeof typ === 'string' && ACCESS_TOKEN_TYPES.has(typ.toLowerCase())
}

function claimFault(
  claims: AccessTokenClaims,
  options: Omit<AccessTokenVerification<unknown>, 'findKey' | 'verify'>,
): TokenFault | undefined {
  const { issuer, audiences, nowSeconds, clockSkewSeconds = 0 } = options
  if (claims.iss !== issuer) return 'wrong_issuer'
  if (audiences !== undefined && !audiences.has(claims.aud)) return 'wrong_audience'
  // RFC 7519 §4.1.4: "on or after" exp a token is no longer accepted.
  if (nowSeconds - clockSkewSeconds >= claims.exp) return 'expired'
  const isEarly = claims.nbf !== undefined && nowSeconds + clockSkewSeconds < claims.nbf
  return isEarly ? 'not_yet_valid' : undefined
}
