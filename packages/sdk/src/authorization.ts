import type { Settings, Surroundings } from './options.ts'
import { basicOf, tokenSourceOf } from './token-source.ts'

/** Who asks, for one request and its repetitions. */
export type Authorization = {
  /** The headers that say so; asked anew for every attempt. Empty for a session and for strangers. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  /** After a 401; true when another attempt may go better. */
  readonly renew: () => boolean
}

/**
 * Makes the authorizations of a client's requests. Where it authenticates by tokens all of them share one,
 * which is fetched and renewed as needed.
 */
export function authorizationOf(settings: Settings, around: Surroundings): () => Authorization {
  const { authentication, client } = settings
  if (authentication === 'token') {
    const source = tokenSourceOf(settings, {}, around)
    return () => {
      let used: string | undefined
      return {
        headers: async () => {
          used = await source.token()
          return { authorization: `Bearer ${used}` }
        },
        renew: () => {
          if (used === undefined) return false
          // Another call may have renewed it already: then the new one is worth an attempt, too.
          source.forget(used)
          return true
        },
      }
    }
  }
  const headers: Readonly<Record<string, string>> =
    authentication === 'basic' && client !== undefined ? { authorization: basicOf(client) } : {}
  return () => ({ headers: async () => headers, renew: () => false })
}
