/** Token revocation (RFC 7009). */
import type { Fault } from './fault.ts'
import type { Form } from './form.ts'
import { parseTokenParameter, type TokenParameter } from './introspection.ts'

/**
 * Returns the token of a revocation request. Ignores `token_type_hint`. A missing token and repeated
 * parameters are `invalid_request`. Does not check the token, because unknown tokens get the same 200.
 *
 * @see RFC 7009 §2.1, §2.2
 */
export function parseRevocationRequest(form: Form): TokenParameter | Fault {
  return parseTokenParameter(form)
}
