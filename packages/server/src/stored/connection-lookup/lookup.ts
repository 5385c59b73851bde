import { findOrganization } from '../../identity/organizations/index.ts'
import type { Context } from '../../kernel/context.ts'
import type { ChangeFeed } from '../../store/change-feed.ts'
import { createLookupCache, type LookupCache } from './cache.ts'
import {
  type CachedData,
  type CacheMiss,
  type ConnectionQuery,
  type Resolution,
  resolveConnection,
} from './resolve.ts'
import type { ResolvedConnection } from './resolved.ts'
import {
  type IntegrationSnapshot,
  type LookupResult,
  readConnection,
  readIntegration,
} from './snapshot.ts'

/**
 * Finds the connection for a call. A cached lookup reads no row. The cache is bypassed while the
 * change feed cannot be read.
 */
export type ConnectionLookup = {
  /**
   * Returns the connection synchronously if it is cached, otherwise a promise. Both can fail.
   *
   * @throws {AppError} `not_found`, `environment_mismatch`, `connection_missing`
   */
  readonly resolve: (query: ConnectionQuery) => ResolvedConnection | Promise<ResolvedConnection>
}

/** The dependencies of the lookup. */
export type LookupDeps = Pick<Context, 'db' | 'organizationEncryption'> & {
  readonly feed: ChangeFeed
}

/** Creates a lookup with a cache that the change feed invalidates. */
export function createConnectionLookup({ feed, ...deps }: LookupDeps): ConnectionLookup {
  const cache = createLookupCache(feed)
  const freshData = (): CachedData => (feed.isFresh() ? cache : NO_DATA)
  const find = async (query: ConnectionQuery): Promise<ResolvedConnection> => {
    const rows = createReadRows()
    for (;;) {
      const resolution = resolveConnection(query, withReadRows(rows, freshData()))
      if (resolution.kind === 'resolved') return resolution.resolved
      await readMissing(deps, cache, { miss: resolution.miss, rows })
    }
  }
  return {
    resolve: (query) => {
      const resolution: Resolution = resolveConnection(query, freshData())
      return resolution.kind === 'resolved' ? resolution.resolved : find(query)
    },
  }
}

const NO_DATA: CachedData = {
  integration: () => undefined,
  hasStored: () => undefined,
  result: () => undefined,
}

/**
 * The rows read by one lookup. The lookup decides on these rows even if the cache changes
 * meanwhile.
 */
type ReadRows = {
  readonly integrations: Map<string, IntegrationSnapshot | null>
  readonly stored: Map<string, boolean>
  readonly results: Map<string, LookupResult>
}

function createReadRows(): ReadRows {
  return { integrations: new Map(), stored: new Map(), results: new Map() }
}

function withReadRows(rows: ReadRows, cached: CachedData): CachedData {
  return {
    integration: (id) =>
      rows.integrations.has(id) ? rows.integrations.get(id) : cached.integration(id),
    hasStored: (id) => rows.stored.get(id) ?? cached.hasStored(id),
    result: (snapshot, owner) => rows.results.get(owner) ?? cached.result(snapshot, owner),
  }
}

async function readMissing(
  deps: Pick<Context, 'db' | 'organizationEncryption'>,
  cache: LookupCache,
  { miss, rows }: { readonly miss: CacheMiss; readonly rows: ReadRows },
): Promise<void> {
  switch (miss.by) {
    case 'integration': {
      const { id } = miss
      const snapshot = await cache.loadIntegration(id, () => readIntegration(deps, id))
      rows.integrations.set(id, snapshot ?? null)
      return
    }
    case 'organization': {
      const { id } = miss
      const hasFeature = async () => (await findOrganization(deps.db, id))?.features.stored === true
      rows.stored.set(id, await cache.loadFeature(id, hasFeature))
      return
    }
    case 'connection': {
      const { snapshot, owner } = miss
      const read = () => readConnection(deps, snapshot, owner)
      rows.results.set(owner, await cache.loadResult(snapshot, owner, read))
    }
  }
}
