/** The method and path that `POST /v1/verify` checks. */
export type Call = { readonly method: string; readonly path: string }

/**
 * Parses `GET /v1/contacts/42`, a path (which implies GET) or a URL. The path is not normalized, because its
 * spelling affects the match.
 */
export function readCall(typed: string): Call {
  const [, method = 'GET', target = ''] = /^(?:([A-Za-z]{3,10})\s+)?(.*)$/s.exec(typed.trim()) ?? []
  return {
    method: method.toUpperCase(),
    path: target.replace(/^https?:\/\/[^/?#]*/i, ''),
  }
}
