/** Claims of our access tokens, RFC 9068, and their quick way into JSON. */
import type { Environment } from '../secret-format.ts'

/**
 * Where a token's status is published.
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
  /** The client id: nobody but the client itself is the subject of such a token. */
  readonly sub: string
  /** One resource server, never a list. */
  readonly aud: string
  readonly client_id: string
  /** Seconds since 1970: the first at which the token is no longer valid. */
  readonly exp: number
  /** Seconds since 1970. */
  readonly iat: number
  /** Seconds since 1970: honoured where present, never written by us. */
  readonly nbf?: number
  readonly jti: string
  readonly scope?: string
  /** Our own: the id of the organization. */
  readonly org: string
  /** Our own: the id of the credential. */
  readonly cred: string
  /** Our own: where the credential works. */
  readonly env: Environment
  readonly status?: StatusReference
}

/** The claims that all tokens of one credential for one resource server share. */
export type FixedClaims = Omit<AccessTokenClaims, 'exp' | 'iat' | 'nbf' | 'jti' | 'scope'>

/** The claims that every token has to itself. */
export type VariableClaims = {
  readonly iat: number
  readonly exp: number
  readonly jti: string
  /** Absent or empty: the token has no `scope`. */
  readonly scope?: string | undefined
}

/** What an access token is made from, in our own words. */
export type AccessTokenInput = {
  readonly issuer: string
  readonly audience: string
  readonly clientId: string
  readonly organizationId: string
  readonly credentialId: string
  readonly environment: Environment
  readonly issuedAtSeconds: number
  readonly expiresAtSeconds: number
  readonly tokenId: string
  readonly scope?: string | undefined
  readonly status?: StatusReference | undefined
}

/**
 * The claims of an access token. `sub` is the client id, as RFC 9068 wants it where no user is
 * involved.
 *
 * @see RFC 9068 §2.2
 */
export function accessTokenClaims(input: AccessTokenInput): AccessTokenClaims {
  return {
    iss: input.issuer,
    sub: input.clientId,
    aud: input.audience,
    client_id: input.clientId,
    org: input.organizationId,
    cred: input.credentialId,
    env: input.environment,
    ...(input.status === undefined ? {} : { status: input.status }),
    iat: input.issuedAtSeconds,
    exp: input.expiresAtSeconds,
    jti: input.tokenId,
    ...(input.scope === undefined || input.scope === '' ? {} : { scope: input.scope }),
  }
}

/**
 * The beginning of the JSON of every token of one credential, made once and kept. It is open at
 * its end: `finishClaims` closes it.
 *
 * @example finishClaims(claimsPrefix(fixed), { iat, exp, jti, scope: 'CONTACT_READ' })
 */
export function claimsPrefix(fixed: FixedClaims): string {
  const { iss, sub, aud, client_id, org, cred, env, status } = fixed
  // Named one by one: a member too many must not slip into a token. `undefined` is left out.
  const json = JSON.stringify({ iss, sub, aud, client_id, org, cred, env, status })
  return json.slice(0, -1)
}

/**
 * The whole JSON of a token's claims: a prefix of `claimsPrefix`, then what is the token's own.
 * It equals the JSON of the same claims from `accessTokenClaims`.
 */
export function finishClaims(prefix: string, variable: VariableClaims): string {
  const { iat, exp, jti, scope } = variable
  const head = `${prefix},"iat":${iat},"exp":${exp},"jti":${JSON.stringify(jti)}`
  return scope === undefined || scope === ''
    ? `${head}}`
    : `${head},"scope":${JSON.stringify(scope)}}`
}
