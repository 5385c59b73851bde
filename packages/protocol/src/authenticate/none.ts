import type { Auth } from './auth.ts'
import type { Authenticator } from './authenticator.ts'
import { setHeaders } from './header-lines.ts'

/** Sends the request without authentication. */
export const none: Authenticator<Extract<Auth, { kind: 'none' }>> = {
  bodyRequirement: () => 'nothing',
  authenticate: (_auth, request) => ({
    path: request.path,
    query: request.query,
    headers: setHeaders(request.headers, []),
    secrets: [],
    explanation: undefined,
  }),
}
