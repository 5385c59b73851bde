import type { AuthOf } from '../auth-types.ts'
import { setHeaders } from './header-lines.ts'
import type { RequestAuthenticator } from './request-authenticator.ts'

/**
 * Adds a token to a header, with an optional prefix.
 *
 * @see RFC 6750 §2.1
 */
export const bearer: RequestAuthenticator<AuthOf<'bearer'>> = {
  ownHeaders: ({ header = 'Authorization' }) => [header],
  bodyRequirement: () => 'nothing',
  authenticate: ({ token, prefix, header }, request) => {
    const value = prefix === '' ? token : `${prefix} ${token}`
    return {
      path: request.path,
      query: request.query,
      headers: setHeaders(request.headers, [{ name: header, value }]),
      secrets: [token, value],
      explanation: undefined,
    }
  },
}
