/** The authentication types of calls to third parties: one row each, from which contract, server and console derive. */

type AuthType = {
  /** Whether a token has to be fetched before a call. */
  readonly needsToken: boolean
  /** Whether a request can be signed for a caller who then sends it: the response gives away no reusable secret. */
  readonly isSignable: boolean
}

/** In the order in which the API lists them. */
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

/** The names of all authentication types. */
export const AUTH_KINDS: readonly [AuthKind, ...AuthKind[]] = listKinds()

/** Whether a token has to be fetched before a call. */
export function needsToken(kind: AuthKind): kind is TokenAuthKind {
  return AUTH_TYPES[kind].needsToken
}

function listKinds(): [AuthKind, ...AuthKind[]] {
  // safe because these are the keys, of which there are some
  return Object.keys(AUTH_TYPES) as [AuthKind, ...AuthKind[]]
}
