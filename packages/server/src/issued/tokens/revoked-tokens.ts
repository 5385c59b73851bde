import type { Clock } from '../../platform/clock.ts'
import type { ChangeFeed } from '../../store/change-feed.ts'
import type { Reader } from '../../store/open.ts'
import { selectRevoked } from './rows.ts'

/** The individually revoked tokens that have not expired. */
export type RevokedTokens = { readonly has: (jti: string) => boolean }

// Tokens are valid for at most an hour; the rest allows for clock differences.
const RETENTION_MS = 3_700_000

/**
 * Loads the revoked tokens and follows the change feed. While the feed is stale this cache may miss a
 * revocation, so token verification fails with `unavailable`.
 */
export async function createRevokedTokens(
  db: Reader,
  feed: ChangeFeed,
  clock: Clock,
): Promise<RevokedTokens> {
  // Measured by the monotonic clock: a change of the system time must not make a revoked token valid again.
  const retainedUntilMs = new Map<string, number>()
  const load = async (): Promise<void> => {
    for (const { jti } of await selectRevoked(db, clock.now())) add(jti)
  }
  feed.subscribe({
    onChange: ({ kind, subjectId }) => {
      if (kind === 'token.revoked') add(subjectId)
    },
    onGap: load,
  })
  await load()
  return { has: (jti) => retainedUntilMs.has(jti) }

  function add(jti: string): void {
    const nowMs = performance.now()
    // Insertion order is expiry order.
    for (const [old, untilMs] of retainedUntilMs) {
      if (untilMs > nowMs) break
      retainedUntilMs.delete(old)
    }
    retainedUntilMs.set(jti, nowMs + RETENTION_MS)
  }
}
