import type { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import type { ChangeFeed } from '../../store/change-feed.ts'
import type { HeldToken, TokenConnection } from './stored-token.ts'
import { grantText } from './token-rules.ts'

/** Why nothing is asked for a while. */
export type Setback = {
  /** Made anew for everyone who meets it. */
  readonly error: () => AppError
  readonly untilMs: number
  /** How often in a row it failed; of a refusal, which is no failure, 0. */
  readonly failureCount: number
}

/** What this node knows of a connection's tokens. */
export type TokenEntry = {
  /** The digest of what tokens are obtained with. */
  readonly grant: string
  stamp: string
  held: HeldToken | undefined
  setback: Setback | undefined
  /** The one that fetches, for all that wait. */
  running: Promise<HeldToken> | undefined
}

/** The tokens of this node, in memory; bounded. */
export type TokenMemory = {
  /** What is known with the connection's present values; a new entry where nothing is. */
  readonly entryOf: (connection: TokenConnection) => TokenEntry
}

const ENTRIES_MAX = 10_000

/** Makes the memory. What another node fetched anew, or whose key is gone, is forgotten by the feed. */
export function createTokenMemory(
  digests: Context['digests'],
  feed: Pick<ChangeFeed, 'subscribe'>,
): TokenMemory {
  const entries = new Map<string, TokenEntry>()
  feed.subscribe(({ kind, subjectId }) => {
    if (kind === 'upstream_token.changed') entries.delete(subjectId)
    // Whose key is gone has no token any more.
    if (kind === 'organization_keys.changed') entries.clear()
  })
  return {
    entryOf: ({ connectionId, stamp, auth }) => {
      const known = entries.get(connectionId)
      if (known?.stamp === stamp) return known
      const grant = digests.digest(grantText(auth))
      if (known?.grant === grant) {
        // Perhaps a name or a header alone; what is stored tells whether the token is as good as before.
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
