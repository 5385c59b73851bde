import type { Encryption } from './envelope.ts'

/** A cache of decrypted organization keys, in memory. */
export type OrganizationKeyCache = {
  /**
   * Returns a key, loading it on a cache miss; undefined when it does not exist or cannot be
   * decrypted.
   */
  readonly find: (id: string, organizationId: string) => Promise<Encryption | undefined>
  /** Returns a key only if it is cached. */
  readonly peek: (id: string, organizationId: string) => Encryption | undefined
  /** Evicts all keys: some were destroyed. */
  readonly clear: () => void
}

const KEYS_MAX = 10_000

type Cached = { readonly organizationId: string; readonly key: Encryption }

/** Creates a cache of at most `keysMax` keys. Concurrent requests for a key share one load. */
export function createOrganizationKeyCache(
  { isFresh, keysMax = KEYS_MAX }: { readonly isFresh: () => boolean; readonly keysMax?: number },
  load: (id: string, organizationId: string) => Promise<Encryption | undefined>,
): OrganizationKeyCache {
  let cached = new Map<string, Cached>()
  let loading = new Map<string, Promise<Encryption | undefined>>()

  const peek = (id: string, organizationId: string): Encryption | undefined => {
    const entry = cached.get(id)
    return entry?.organizationId === organizationId ? entry.key : undefined
  }
  const add = (id: string, entry: Cached): void => {
    const [oldest] = cached.keys()
    if (cached.size >= keysMax && oldest !== undefined) cached.delete(oldest)
    cached.set(id, entry)
  }
  const loadAndCache = async (
    id: string,
    organizationId: string,
  ): Promise<Encryption | undefined> => {
    const cachedAtStart = cached
    const key = await load(id, organizationId)
    // A key that was loaded while the cache was cleared may be destroyed.
    if (key !== undefined && cachedAtStart === cached) add(id, { organizationId, key })
    return key
  }
  return {
    peek,
    find: async (id, organizationId) => {
      if (!isFresh()) return load(id, organizationId)
      const key = peek(id, organizationId)
      if (key !== undefined) return key
      const name = `${organizationId} ${id}`
      const loadingAtStart = loading
      const running = loadingAtStart.get(name) ?? loadAndCache(id, organizationId)
      loadingAtStart.set(name, running)
      try {
        return await running
      } finally {
        loadingAtStart.delete(name)
      }
    },
    clear: () => {
      cached = new Map()
      loading = new Map()
    },
  }
}
