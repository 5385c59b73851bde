import type { Attachment } from './attach.ts'
import type { Auth } from './auth.ts'
import { setHeaders } from './header-lines.ts'

/** No signing in: the request goes out as it is. */
export const none: Attachment<Extract<Auth, { kind: 'none' }>> = {
  needs: () => 'nothing',
  attach: (_auth, request) => ({
    path: request.path,
    query: request.query,
    headers: setHeaders(request.headers, []),
    secrets: [],
    explanation: undefined,
  }),
}
