import { formatBasicAuthorization } from '@keyporter/protocol'
import type { Runtime, Settings } from './options.ts'
import { tokenSourceOf } from './token-source.ts'

/** The authorization of one request and its retries. */
export type Authorization = {
  /** Returns the headers of one attempt. Empty for sessions and anonymous requests. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  /** Called after a 401. Returns true if another attempt can succeed. */
  readonly renew: () => boolean
}

/**
 * Returns a factory for the authorizations of a client's requests. With tokens, all requests share one token,
 * which is fetched and renewed as needed.
 */
export function authorizationOf(settings: Settings, runtime: Runtime): () => Authorization {
  const { authentication, client } = settings
  if (authentication === 'token') {
    const source = tokenSourceOf(settings, {}, runtime)
    return () => {
      let used: string | undefined
      return {
        headers: async () => {
          used = await source.token()
          return { authorization: `Bearer ${used}` }
        },
        renew: () => {
          if (used === undefined) return false
          // Also true if another call has renewed the token, because the new one can succeed.
          source.invalidate(used)
          return true
        },
      }
    }
  }
  const headers: Readonly<Record<string, string>> =
    authentication === 'basic' && client !== undefined
      ? { authorization: formatBasicAuthorization(client) }
      : {}
  return () => ({ headers: async () => headers, renew: () => false })
}
