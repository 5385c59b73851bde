import type { Change, ChangeFeed } from '../../store/change-feed.ts'
import type { CachedData } from './resolve.ts'
import type { IntegrationSnapshot, LookupResult } from './snapshot.ts'

/**
 * The cache of connection lookups. Changes evict entries; concurrent requests for the same entry
 * share one read.
 */
export type LookupCache = CachedData & {
  readonly loadIntegration: (
    id: string,
    read: () => Promise<IntegrationSnapshot | undefined>,
  ) => Promise<IntegrationSnapshot | undefined>
  readonly loadFeature: (organizationId: string, read: () => Promise<boolean>) => Promise<boolean>
  readonly loadResult: (
    snapshot: IntegrationSnapshot,
    owner: string,
    read: () => Promise<LookupResult>,
  ) => Promise<LookupResult>
}

/** A cached integration with the cached lookup results of its owners. */
type Entry = { readonly snapshot: IntegrationSnapshot; readonly results: Map<string, LookupResult> }

const RESULTS_MAX = 20_000
const ORGANIZATIONS_MAX = 100_000

/** Creates an empty cache that the change feed invalidates. */
export function createLookupCache(feed: Pick<ChangeFeed, 'subscribe' | 'isFresh'>): LookupCache {
  const entries = new Map<string, Entry>()
  const stored = new Map<string, boolean>()
  const integrationOf = new Map<string, string>()
  let resultCount = 0
  const reads = createSharedReads(feed.isFresh)

  const evict = (id: string): void => {
    const entry = entries.get(id)
    if (entry === undefined) return
    entries.delete(id)
    resultCount -= entry.results.size
    for (const result of entry.results.values()) integrationOf.delete(connectionOf(result) ?? '')
  }
  const evictAll = (): void => {
    for (const id of entries.keys()) evict(id)
  }
  const storeResult = (
    snapshot: IntegrationSnapshot,
    owner: string,
    result: LookupResult,
  ): void => {
    const { id } = snapshot.integration
    // A result that was read for another snapshot of the integration is not cached.
    if (entries.get(id)?.snapshot !== snapshot) return
    if (resultCount >= RESULTS_MAX) evict(entries.keys().next().value ?? '')
    const entry = entries.get(id)
    if (entry === undefined || entry.results.has(owner)) return
    entry.results.set(owner, result)
    resultCount += 1
    const connectionId = connectionOf(result)
    if (connectionId !== null) integrationOf.set(connectionId, id)
  }
  feed.subscribe(({ kind, subjectId }: Change) => {
    if (!INVALIDATING_CHANGES.has(kind)) return
    reads.invalidate()
    if (kind === 'integration.changed') evict(subjectId)
    if (kind === 'connection.changed') evict(integrationOf.get(subjectId) ?? '')
    if (kind === 'organization.changed') stored.delete(subjectId)
    if (kind === 'organization_keys.changed') evictAll()
  })
  return {
    integration: (id) => entries.get(id)?.snapshot,
    hasStored: (id) => stored.get(id),
    result: (snapshot, owner) => {
      const entry = entries.get(snapshot.integration.id)
      return entry?.snapshot === snapshot ? entry.results.get(owner) : undefined
    },
    loadIntegration: (id, read) =>
      reads.join(`integration ${id}`, read, (snapshot) => {
        if (snapshot === undefined) return
        evict(id)
        if (entries.size >= RESULTS_MAX) evict(entries.keys().next().value ?? '')
        entries.set(id, { snapshot, results: new Map() })
      }),
    loadFeature: (id, read) =>
      reads.join(`organization ${id}`, read, (isEnabled) => {
        if (stored.size >= ORGANIZATIONS_MAX) stored.clear()
        // Only positive results are cached, so that unknown organizations cannot fill the cache.
        if (isEnabled) stored.set(id, isEnabled)
      }),
    loadResult: (snapshot, owner, read) =>
      reads.join(`connection ${snapshot.integration.id} ${owner}`, read, (result) =>
        storeResult(snapshot, owner, result),
      ),
  }
}

const INVALIDATING_CHANGES: ReadonlySet<Change['kind']> = new Set([
  'integration.changed',
  'connection.changed',
  'organization.changed',
  'organization_keys.changed',
])

function connectionOf(result: LookupResult): string | null {
  if (result.kind === 'found') return result.resolved.connectionId
  return result.kind === 'unusable' ? result.connectionId : null
}

/**
 * Deduplicates reads in progress. A read that started before a change is neither joined nor cached
 * after the change.
 */
function createSharedReads(isFresh: () => boolean) {
  let running = new Map<string, Promise<unknown>>()
  return {
    invalidate: (): void => {
      running = new Map()
    },
    join: async <T>(
      name: string,
      read: () => Promise<T>,
      store: (value: T) => void,
    ): Promise<T> => {
      const reads = running
      const shared = isFresh() ? reads.get(name) : undefined
      // safe because each name is used with one result type
      if (shared !== undefined) return shared as Promise<T>
      const started = read()
        .then((value) => {
          if (running === reads) store(value)
          return value
        })
        .finally(() => void reads.delete(name))
      reads.set(name, started)
      return started
    },
  }
}
