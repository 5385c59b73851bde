import type { Attachment } from './attach.ts'
import type { Auth } from './auth.ts'
import { setHeaders } from './header-lines.ts'

/** Secret headers: each stands above every other of its name. */
export const headers: Attachment<Extract<Auth, { kind: 'headers' }>> = {
  needs: () => 'nothing',
  attach: ({ entries }, request) => ({
    path: request.path,
    query: request.query,
    headers: setHeaders(request.headers, entries),
    secrets: entries.map(({ value }) => value),
    explanation: undefined,
  }),
}
