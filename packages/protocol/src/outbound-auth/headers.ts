import type { AuthOf } from '../auth-types.ts'
import { setHeaders } from './header-lines.ts'
import type { RequestAuthenticator } from './request-authenticator.ts'

/** Adds secret headers, and replaces existing headers of the same names. */
export const headers: RequestAuthenticator<AuthOf<'headers'>> = {
  ownHeaders: ({ entries = [] }) => entries.map(({ name }) => name),
  bodyRequirement: () => 'nothing',
  authenticate: ({ entries }, request) => ({
    path: request.path,
    query: request.query,
    headers: setHeaders(request.headers, entries),
    secrets: entries.map(({ value }) => value),
    explanation: undefined,
  }),
}
