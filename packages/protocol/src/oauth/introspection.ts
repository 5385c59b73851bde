/** Token introspection (RFC 7662). */
import { badRequest, type Fault, REPEATED_PARAMETER } from './fault.ts'
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
 * Returns the token of an introspection request. Ignores `token_type_hint`. A missing token and repeated
 * parameters are `invalid_request`.
 *
 * @see RFC 7662 §2.1
 */
export function parseIntrospectionRequest(form: Form): TokenParameter | Fault {
  return parseTokenParameter(form)
}

/**
 * Returns the `token` parameter of an introspection or revocation request.
 *
 * @see RFC 7662 §2.1, RFC 7009 §2.1
 */
export function parseTokenParameter(form: Form): TokenParameter | Fault {
  if (form.repeated.length > 0) return REPEATED_PARAMETER
  const token = form.get('token')
  return token === undefined || token === '' ? TOKEN_MISSING : { kind: 'token', token }
}
