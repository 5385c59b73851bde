/** Refusals of the OAuth endpoints. Texts are constants: nothing of a request is ever repeated. */

/** The error codes of the token, introspection and revocation endpoints. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unsupported_token_type'

/**
 * A refusal: `description` becomes `error_description`, and has only characters that may stand
 * there.
 *
 * @see RFC 6749 §5.2, RFC 8707 §2, RFC 7009 §2.2.1
 */
export type OAuthFault = {
  readonly error: OAuthErrorCode
  readonly status: 400 | 401
  readonly description: string
}

/** What a parser answers instead of what it was asked for. */
export type Fault = { readonly kind: 'fault'; readonly fault: OAuthFault }

/**
 * The one answer to every failure of client authentication: missing, malformed, unknown, wrong,
 * suspended, expired and revoked are not told apart.
 *
 * @see RFC 6749 §5.2
 */
export const INVALID_CLIENT: OAuthFault = {
  error: 'invalid_client',
  status: 401,
  description: 'Client authentication failed.',
}

/**
 * A refusal with status 400, ready to be returned.
 *
 * @param description a constant text of `%x20-21 / %x23-5B / %x5D-7E`
 */
export function badRequest(error: OAuthErrorCode, description: string): Fault {
  return { kind: 'fault', fault: { error, status: 400, description } }
}

/**
 * The refusal of a request in which a parameter occurs more than once.
 *
 * @see RFC 6749 §3.2
 */
export const REPEATED_PARAMETER: Fault = badRequest(
  'invalid_request',
  'A parameter was given more than once.',
)
