/** The requests of token introspection (RFC 7662) and revocation (RFC 7009), and the introspection response. */
import { badRequest, type OAuthFaultResult, REPEATED_PARAMETER } from './fault.ts'
import type { Form } from './form.ts'

/** The token of an introspection or revocation request. */
export type TokenParameter = { readonly kind: 'token'; readonly token: string }

/**
 * The introspection response. Contains only `active: false` if the token is inactive or the caller
 * cannot see it.
 *
 * @see RFC 7662 §2.2
 */
export type IntrospectionResponse =
  | { readonly active: false }
  | {
      readonly active: true
      readonly scope?: string
      readonly client_id: string
      readonly sub: string
      readonly aud: string
      readonly iss: string
      /** Seconds since 1970. */
      readonly exp: number
      /** Seconds since 1970. */
      readonly iat: number
      readonly jti: string
      readonly token_type: 'Bearer'
    }

const TOKEN_MISSING = badRequest('invalid_request', 'The parameter token is missing.')

/**
 * Returns the token of an introspection or revocation request. Ignores `token_type_hint`. A missing token
 * and repeated parameters are `invalid_request`. Does not check the token: an invalid token is inactive,
 * and its revocation succeeds (RFC 7009 §2.2).
 *
 * @see RFC 7662 §2.1, RFC 7009 §2.1
 */
export function parseTokenParameter(form: Form): TokenParameter | OAuthFaultResult {
  if (form.repeated.length > 0) return REPEATED_PARAMETER
  const token = form.get('token')
  return token === undefined || token === '' ? TOKEN_MISSING : { kind: 'token', token }
}
