/** Token revocation, RFC 7009. */
import type { Fault } from './fault.ts'
import type { Form } from './form.ts'
import { parseTokenParameter, type TokenParameter } from './introspection.ts'

/**
 * The token to be revoked, whatever `token_type_hint` says. A missing token and a repeated
 * parameter are `invalid_request`; whether the token exists is not judged, because the answer to
 * one that does not is the same 200.
 *
 * @see RFC 7009 §2.1, §2.2
 */
export function parseRevocationRequest(form: Form): TokenParameter | Fault {
  return parseTokenParameter(form)
}
