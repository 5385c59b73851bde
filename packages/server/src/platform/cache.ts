/**
 * A bounded cache of values that the change feed can invalidate. A value whose read began before its
 * invalidation is not cached.
 */
export type Cache<V> = {
  /** Returns a cached value. Undefined means a cache miss. A hit is one lookup in a `Map`. */
  readonly peek: (key: string) => V | undefined
  /**
   * Reads a value and caches it; undefined is not cached. Always reads, even if the value is cached:
   * call `peek` first. Concurrent calls for a key share one read, but no call joins a read that
   * began before an invalidation.
   */
  readonly load: <R extends V | undefined>(key: string, read: () => Promise<R>) => Promise<R>
  /** Caches a value that needs no read. */
  readonly set: (key: string, value: V) => void
  /** Evicts the value that has this key. */
  readonly invalidate: (key: string) => void
  /** Evicts all values that match, for example the values of an API. Visits every entry. */
  readonly invalidateWhere: (matches: (value: V) => boolean) => void
  /** Evicts all values. */
  readonly invalidateAll: () => void
}

/** The options of a {@link Cache}. */
export type CacheOptions<V> = {
  /** The maximum number of values. */
  readonly entriesMax: number
  /**
   * Whether all invalidations until now have arrived. Otherwise the cache is bypassed: `peek` returns
   * undefined, and `load` reads without caching. Omit it for values that never become wrong.
   */
  readonly isFresh?: () => boolean
  /** Returns all keys of a value that has more than one, including the key that it is loaded by. */
  readonly keysOf?: (value: V) => readonly string[]
}

/** Returns whether a value that is still being read has become outdated. */
type Invalidation<V> = (value: V, keys: readonly string[]) => boolean

/**
 * Creates an empty cache. A full cache evicts the value that was added first: a hit then changes
 * nothing, and a value in frequent use is read again only once per `entriesMax` additions.
 */
export function createCache<V extends NonNullable<unknown>>({
  entriesMax,
  isFresh = () => true,
  keysOf,
}: CacheOptions<V>): Cache<V> {
  const entries = new Map<string, V>()
  let valueCount = 0
  /** The reads that a new call may join, by key. */
  const joinable = new Map<string, Promise<V | undefined>>()
  /** For each read in progress, the invalidations since it began. */
  const reads = new Set<Invalidation<V>[]>()

  const keysFor = (key: string, value: V) => keysOf?.(value) ?? [key]
  const evict = (key: string): void => {
    const value = entries.get(key)
    if (value === undefined) return
    for (const one of keysFor(key, value)) entries.delete(one)
    valueCount -= 1
  }
  const add = (keys: readonly string[], value: V): void => {
    for (const key of keys) evict(key)
    // A Map iterates in the order of insertion.
    if (valueCount >= entriesMax) evict(entries.keys().next().value ?? '')
    for (const key of keys) entries.set(key, value)
    valueCount += 1
  }
  // The value of a read in progress is unknown, so its invalidations are checked at its end.
  const invalidateReads = (invalidation: Invalidation<V>): void => {
    joinable.clear()
    for (const invalidations of reads) invalidations.push(invalidation)
  }
  const readAndAdd = async <R extends V | undefined>(
    key: string,
    read: () => Promise<R>,
  ): Promise<R> => {
    const invalidations: Invalidation<V>[] = []
    reads.add(invalidations)
    try {
      const value = await read()
      if (value === undefined) return value
      const keys = keysFor(key, value)
      if (!invalidations.some((isOutdated) => isOutdated(value, keys))) add(keys, value)
      return value
    } finally {
      reads.delete(invalidations)
    }
  }
  return {
    peek: (key) => (isFresh() ? entries.get(key) : undefined),
    load: <R extends V | undefined>(key: string, read: () => Promise<R>): Promise<R> => {
      if (!isFresh()) return read()
      // safe because all reads of a key have the same type
      const running = joinable.get(key) as Promise<R> | undefined
      if (running !== undefined) return running
      const started = readAndAdd(key, read).finally(() => {
        if (joinable.get(key) === started) joinable.delete(key)
      })
      joinable.set(key, started)
      return started
    },
    set: (key, value) => add(keysFor(key, value), value),
    invalidate: (key) => {
      evict(key)
      invalidateReads((_, keys) => keys.includes(key))
    },
    invalidateWhere: (matches) => {
      for (const [key, value] of entries) if (matches(value)) evict(key)
      invalidateReads(matches)
    },
    invalidateAll: () => {
      entries.clear()
      valueCount = 0
      invalidateReads(() => true)
    },
  }
}
