import { formatBasicAuthorization } from '@keyporter/protocol'
import type { Runtime, Settings } from './options.ts'
import { createTokenSourceFrom } from './token-source.ts'

/** The authorization of one request and its retries. */
export type RequestAuthorization = {
  /** Returns the headers of one attempt. Empty for sessions and anonymous requests. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  /** Called after a 401. Returns true if another attempt can succeed. */
  readonly onUnauthorized: () => boolean
}

/**
 * Returns a function that creates the authorization of one request. With tokens, all requests share one token,
 * which is fetched and renewed as needed.
 */
export function createAuthorizationFactory(
  settings: Settings,
  runtime: Runtime,
): () => RequestAuthorization {
  const { authentication, client } = settings
  if (authentication === 'token') {
    const source = createTokenSourceFrom(settings, {}, runtime)
    return () => {
      let used: string | undefined
      return {
        headers: async () => {
          used = await source.token()
          return { authorization: `Bearer ${used}` }
        },
        onUnauthorized: () => {
          if (used === undefined) return false
          // True even if another call has already renewed the token, because the new token can succeed.
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
  return () => ({ headers: async () => headers, onUnauthorized: () => false })
}
