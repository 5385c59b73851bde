import type { AuthOf } from '../auth-types.ts'
import { setHeaders } from './header-lines.ts'
import type { RequestAuthenticator } from './request-authenticator.ts'

/** Sends the request without authentication. */
export const none: RequestAuthenticator<AuthOf<'none'>> = {
  ownHeaders: () => [],
  bodyRequirement: () => 'nothing',
  authenticate: (_auth, request) => ({
    path: request.path,
    query: request.query,
    headers: setHeaders(request.headers, []),
    secrets: [],
    explanation: undefined,
  }),
}
