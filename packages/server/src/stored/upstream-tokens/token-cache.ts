import type { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { createCache } from '../../platform/cache.ts'
import type { ChangeFeed } from '../../store/change-feed.ts'
import type { DecryptedToken, TokenConnection } from './stored-token.ts'
import { fingerprintInput } from './token-rules.ts'

/** The back-off after a failed token request. */
export type Backoff = {
  /** Creates a new error for each caller. */
  readonly error: () => AppError
  readonly untilMs: number
  /** The number of consecutive failures; 0 after a rejection. */
  readonly failureCount: number
}

/** The state of a connection's tokens on this node. */
export type TokenEntry = {
  /** The digest of the credentials and settings that tokens are obtained with. */
  readonly fingerprint: string
  version: string
  current: DecryptedToken | undefined
  backoff: Backoff | undefined
  /** The token request that concurrent callers share. */
  pending: Promise<DecryptedToken> | undefined
}

/** The bounded token cache of this node. */
export type TokenCache = {
  /** Returns the entry for the current credentials of a connection; creates it if it is missing. */
  readonly entryOf: (connection: TokenConnection) => TokenEntry
}

const ENTRIES_MAX = 10_000

/** Creates an empty cache. The change feed evicts tokens that another node has replaced. */
export function createTokenCache(
  digests: Context['digests'],
  feed: Pick<ChangeFeed, 'subscribe'>,
): TokenCache {
  const entries = createCache<TokenEntry>({ entriesMax: ENTRIES_MAX })
  feed.subscribe({
    onChange: ({ kind, subjectId }) => {
      if (kind === 'upstream_token.changed') entries.invalidate(subjectId)
      // A deleted encryption key revokes the use of all tokens encrypted with it.
      if (kind === 'organization_keys.changed') entries.invalidateAll()
    },
    onGap: entries.invalidateAll,
  })
  return {
    entryOf: ({ connectionId, version, auth }) => {
      const cached = entries.peek(connectionId)
      if (cached?.version === version) return cached
      const fingerprint = digests.keyedDigest(fingerprintInput(auth))
      if (cached?.fingerprint === fingerprint) {
        // The change did not affect the token request, but the stored token must be read again.
        cached.version = version
        cached.current = undefined
        return cached
      }
      const entry: TokenEntry = {
        fingerprint,
        version,
        current: undefined,
        backoff: undefined,
        pending: undefined,
      }
      entries.set(connectionId, entry)
      return entry
    },
  }
}
