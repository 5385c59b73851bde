import { hash } from 'node:crypto'
import { createCache } from '../../platform/cache.ts'
import { type AuthenticatedCredential, decideUse } from './decide-use.ts'
import type { SecretLookupDeps } from './secret-lookup.ts'

/** Caches successful authentications by the `Authorization` header. */
export type AuthenticationCache = {
  /** Returns the cached authentication if it is still valid. Undefined means a cache miss, not a rejection. */
  readonly find: (header: string) => AuthenticatedCredential | undefined
  /** Adds a header. The caller must have authenticated its secret. */
  readonly add: (header: string, match: AuthenticatedCredential) => void
}

const ENTRIES_MAX = 20_000

/**
 * Creates an authentication cache keyed by the SHA-256 of the `Authorization` header. The header itself is
 * not stored; the digest cannot be reversed, because a secret has 256 random bits.
 *
 * A hit skips parsing, the keyed digest and the comparison: for one header their result never changes, so no
 * change record invalidates it. State that can change is checked on every call:
 * - The credential cache must still contain the same credential object. A change of the credential, its
 *   secrets or its API evicts that object, and the credential cache is bypassed while the change feed is stale.
 * - {@link decideUse} is called with the current time.
 */
export function createAuthenticationCache({
  credentialCache,
  clock,
}: Pick<SecretLookupDeps, 'credentialCache' | 'clock'>): AuthenticationCache {
  const cache = createCache<AuthenticatedCredential>({ entriesMax: ENTRIES_MAX })
  return {
    find: (header) => {
      const match = cache.peek(digestOf(header))
      if (match === undefined) return undefined
      const current = credentialCache.peek({ by: 'id', value: match.credential.id })
      const isValid =
        current === match.credential && decideUse(match, clock.now()).kind === 'allowed'
      return isValid ? match : undefined
    },
    add: (header, match) => cache.set(digestOf(header), match),
  }
}

function digestOf(header: string): string {
  return hash('sha256', header, 'base64url')
}
