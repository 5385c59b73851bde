import type { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import type { ChangeFeed } from '../../store/change-feed.ts'
import type { HeldToken, TokenConnection } from './stored-token.ts'
import { grantText } from './token-rules.ts'

/** The back-off after a failed token request. */
export type Setback = {
  /** Creates a new error for each caller. */
  readonly error: () => AppError
  readonly untilMs: number
  /** The number of consecutive failures; 0 after a rejection. */
  readonly failureCount: number
}

/** The state of a connection's tokens on this node. */
export type TokenEntry = {
  /** The digest of the credentials and settings that tokens are obtained with. */
  readonly grant: string
  stamp: string
  held: HeldToken | undefined
  setback: Setback | undefined
  /** The token request that concurrent callers share. */
  running: Promise<HeldToken> | undefined
}

/** The bounded token cache of this node. */
export type TokenMemory = {
  /** Returns the entry for the current credentials of a connection; creates it if it is missing. */
  readonly entryOf: (connection: TokenConnection) => TokenEntry
}

const ENTRIES_MAX = 10_000

/** Creates an empty cache. The change feed evicts tokens that another node has replaced. */
export function createTokenMemory(
  digests: Context['digests'],
  feed: Pick<ChangeFeed, 'subscribe'>,
): TokenMemory {
  const entries = new Map<string, TokenEntry>()
  feed.subscribe(({ kind, subjectId }) => {
    if (kind === 'upstream_token.changed') entries.delete(subjectId)
    // A deleted encryption key revokes the use of all tokens encrypted with it.
    if (kind === 'organization_keys.changed') entries.clear()
  })
  return {
    entryOf: ({ connectionId, stamp, auth }) => {
      const known = entries.get(connectionId)
      if (known?.stamp === stamp) return known
      const grant = digests.digest(grantText(auth))
      if (known?.grant === grant) {
        // The change did not affect the token request, but the stored token must be read again.
        known.stamp = stamp
        known.held = undefined
        return known
      }
      const entry: TokenEntry = {
        grant,
        stamp,
        held: undefined,
        setback: undefined,
        running: undefined,
      }
      if (entries.size >= ENTRIES_MAX) entries.delete(entries.keys().next().value ?? '')
      entries.set(connectionId, entry)
      return entry
    },
  }
}
