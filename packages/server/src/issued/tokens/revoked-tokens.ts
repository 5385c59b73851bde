import type { Clock } from '../../platform/clock.ts'
import type { ChangeFeed } from '../../store/change-feed.ts'
import type { Reader } from '../../store/open.ts'
import { selectRevoked } from './rows.ts'

/** The tokens that were revoked one by one and are not yet expired: all that is to be known of them. */
export type RevokedTokens = { readonly has: (jti: string) => boolean }

// No token lives longer than an hour; kept a little longer for clocks.
const KEPT_MS = 3_700_000

/**
 * Loads the revoked tokens and follows the change feed. Where the feed is not fresh the registry asks
 * the store for the credential; a single token is then unknown, so {@link createTokens} refuses to judge.
 */
export async function createRevokedTokens(
  db: Reader,
  feed: ChangeFeed,
  clock: Clock,
): Promise<RevokedTokens> {
  // Until when each is kept, by a clock that nobody can set: a jump of the other one revives nothing.
  const keptUntilMs = new Map<string, number>()
  feed.subscribe(({ kind, subjectId }) => {
    if (kind === 'token.revoked') remember(subjectId)
  })
  for (const { jti } of await selectRevoked(db, clock.now())) remember(jti)
  return { has: (jti) => keptUntilMs.has(jti) }

  function remember(jti: string): void {
    const nowMs = performance.now()
    // Oldest first: insertion order is order of expiry.
    for (const [old, untilMs] of keptUntilMs) {
      if (untilMs > nowMs) break
      keptUntilMs.delete(old)
    }
    keptUntilMs.set(jti, nowMs + KEPT_MS)
  }
}
