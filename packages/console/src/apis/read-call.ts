/** A call as it is asked of `POST /v1/verify`: method and path. */
export type Call = { readonly method: string; readonly path: string }

/**
 * Reads what somebody typed or pasted: `GET /v1/contacts/42`, a path alone (GET then), or a whole address. The
 * path stays exactly as it was typed: how it is written decides.
 */
export function readCall(typed: string): Call {
  const [, method = 'GET', target = ''] = /^(?:([A-Za-z]{3,10})\s+)?(.*)$/s.exec(typed.trim()) ?? []
  return {
    method: method.toUpperCase(),
    path: target.replace(/^https?:\/\/[^/?#]*/i, ''),
  }
}
