/** Errors of the OAuth endpoints. Descriptions are constants, so that they never repeat request data. */

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
 * An OAuth error response. `description` is the `error_description`.
 *
 * @see RFC 6749 §5.2, RFC 8707 §2, RFC 7009 §2.2.1
 */
export type OAuthFault = {
  readonly error: OAuthErrorCode
  readonly status: 400 | 401
  readonly description: string
}

/** The result of a parser for a request that the endpoint rejects. */
export type OAuthFaultResult = { readonly kind: 'fault'; readonly fault: OAuthFault }

/**
 * The response to every failed client authentication. Missing, malformed, unknown, wrong, suspended,
 * expired and revoked credentials get the same response.
 *
 * @see RFC 6749 §5.2
 */
export const INVALID_CLIENT: OAuthFault = {
  error: 'invalid_client',
  status: 401,
  description: 'Client authentication failed.',
}

/**
 * Returns an error response with status 400.
 *
 * @param description a constant text within `%x20-21 / %x23-5B / %x5D-7E`
 */
export function badRequest(error: OAuthErrorCode, description: string): OAuthFaultResult {
  return { kind: 'fault', fault: { error, status: 400, description } }
}

/**
 * The response to a request with a repeated parameter.
 *
 * @see RFC 6749 §3.2
 */
export const REPEATED_PARAMETER: OAuthFaultResult = badRequest(
  'invalid_request',
  'A parameter occurs more than once.',
)
