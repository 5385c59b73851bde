/** The authentication types of outbound calls. Contract, server and console derive from this table. */

type AuthType = {
  /** Whether calls require a token that is fetched first. */
  readonly needsToken: boolean
  /** Whether the signed request contains no reusable secret, so that a caller can receive and send it. */
  readonly isSignable: boolean
}

/** Every authentication type, in the order of the API. */
export const AUTH_TYPES = {
  none: { needsToken: false, isSignable: true },
  api_key: { needsToken: false, isSignable: false },
  headers: { needsToken: false, isSignable: false },
  basic: { needsToken: false, isSignable: false },
  bearer: { needsToken: false, isSignable: false },
  aws_sigv4: { needsToken: false, isSignable: true },
  hmac_sha256: { needsToken: false, isSignable: true },
  oauth2_client_credentials: { needsToken: true, isSignable: false },
  oauth2_authorization_code: { needsToken: true, isSignable: false },
  login_call: { needsToken: true, isSignable: false },
} as const satisfies Readonly<Record<string, AuthType>>

/** The name of an authentication type, `kind` in the API. */
export type AuthKind = keyof typeof AUTH_TYPES

/** The authentication types that need a token. */
export type TokenAuthKind = {
  [K in AuthKind]: (typeof AUTH_TYPES)[K]['needsToken'] extends true ? K : never
}[AuthKind]

/** Every authentication type. */
export const AUTH_KINDS: readonly [AuthKind, ...AuthKind[]] = listKinds()

/** Whether calls with this authentication type require a token that is fetched first. */
export function needsToken(kind: AuthKind): kind is TokenAuthKind {
  return AUTH_TYPES[kind].needsToken
}

function listKinds(): [AuthKind, ...AuthKind[]] {
  // Safe because the table has at least one key.
  return Object.keys(AUTH_TYPES) as [AuthKind, ...AuthKind[]]
}
