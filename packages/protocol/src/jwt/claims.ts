/** The claims of access tokens (RFC 9068), and their fast serialization. */
import type { Environment } from '../secret-format.ts'

/**
 * The published status of a token.
 *
 * @see draft-ietf-oauth-status-list §6.1
 */
export type StatusReference = {
  readonly status_list: { readonly idx: number; readonly uri: string }
}

/**
 * The claims of an access token.
 *
 * @see RFC 9068 §2.2, RFC 7519 §4.1
 */
export type AccessTokenClaims = {
  readonly iss: string
  /** The client ID, because no user is involved (RFC 9068 §2.2). */
  readonly sub: string
  /** One resource server. Never a list. */
  readonly aud: string
  readonly client_id: string
  /** Seconds since 1970. The token is invalid from this second on. */
  readonly exp: number
  /** Seconds since 1970. */
  readonly iat: number
  /** Seconds since 1970. Verified if present; tokens of Keyporter do not contain it. */
  readonly nbf?: number
  readonly jti: string
  readonly scope?: string
  /** Private claim: the organization ID. */
  readonly org: string
  /** Private claim: the credential ID. */
  readonly cred: string
  /** Private claim: the environment of the credential. */
  readonly env: Environment
  readonly status?: StatusReference
}

/** The claims that all tokens of a credential share. */
export type FixedClaims = Omit<AccessTokenClaims, 'exp' | 'iat' | 'nbf' | 'jti' | 'scope'>

/** The claims that differ between the tokens of a credential. */
export type VariableClaims = {
  readonly iat: number
  readonly exp: number
  readonly jti: string
  /** If absent or empty, the token has no `scope`. */
  readonly scope?: string | undefined
}

/**
 * Returns the start of the JSON of the claims, which all tokens of a credential share. Cache it, and complete
 * it with {@link finishClaims}.
 *
 * @example finishClaims(claimsPrefix(fixed), { iat, exp, jti, scope: 'CONTACT_READ' })
 */
export function claimsPrefix(fixed: FixedClaims): string {
  const { iss, sub, aud, client_id, org, cred, env, status } = fixed
  // An explicit list, so that additional members never reach a token. JSON omits `undefined`.
  const json = JSON.stringify({ iss, sub, aud, client_id, org, cred, env, status })
  return json.slice(0, -1)
}

/**
 * Returns the JSON of the claims of a token: the result of {@link claimsPrefix}, and the variable claims.
 */
export function finishClaims(prefix: string, variable: VariableClaims): string {
  const { iat, exp, jti, scope } = variable
  const head = `${prefix},"iat":${iat},"exp":${exp},"jti":${JSON.stringify(jti)}`
  return scope === undefined || scope === ''
    ? `${head}}`
    : `${head},"scope":${JSON.stringify(scope)}}`
}
