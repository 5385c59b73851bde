import { findOrganization } from '../../identity/organizations/index.ts'
import type { Context } from '../../kernel/context.ts'
import { createCache } from '../../platform/cache.ts'
import type { ChangeFeed } from '../../store/change-feed.ts'
import {
  type DecryptedIntegration,
  type LookupResult,
  readConnection,
  readIntegration,
} from './read-connection.ts'
import { type ConnectionQuery, type LookupData, resolveConnection } from './resolve-connection.ts'
import type { ResolvedConnection } from './resolved-connection.ts'

/**
 * Finds the connection for a call. A cached lookup reads no row. The cache is bypassed while the
 * change feed cannot be read.
 */
export type ConnectionLookup = {
  /** @throws {AppError} `not_found`, `environment_mismatch`, `connection_missing` */
  readonly requireConnection: (query: ConnectionQuery) => Promise<ResolvedConnection>
}

/** The dependencies of the lookup. */
export type LookupDeps = Pick<Context, 'db' | 'organizationEncryption'> & {
  readonly feed: Pick<ChangeFeed, 'subscribe' | 'isFresh'>
}

/** Creates a lookup with a cache that the change feed invalidates. */
export function createConnectionLookup(deps: LookupDeps): ConnectionLookup {
  const data = createCachedData(deps)
  return { requireConnection: (query) => resolveConnection(query, data) }
}

/** A decrypted integration; `readNumber` is different for each read. */
type CachedIntegration = DecryptedIntegration & { readonly readNumber: number }

/** The connection of an owner, with its keys in the cache. */
type CachedConnection = { readonly keys: readonly string[]; readonly result: LookupResult }

const INTEGRATIONS_MAX = 20_000
const CONNECTIONS_MAX = 20_000
const ORGANIZATIONS_MAX = 100_000

function createCachedData({ feed, ...deps }: LookupDeps): LookupData<CachedIntegration> {
  const { isFresh } = feed
  const integrations = createCache<CachedIntegration>({ entriesMax: INTEGRATIONS_MAX, isFresh })
  const connections = createCache<CachedConnection>({
    entriesMax: CONNECTIONS_MAX,
    isFresh,
    keysOf: ({ keys }) => keys,
  })
  // Only enabled features are cached, so that unknown organizations cannot fill the cache.
  const features = createCache<true>({ entriesMax: ORGANIZATIONS_MAX, isFresh })
  let readNumber = 0

  feed.subscribe({
    onChange: ({ kind, subjectId }) => {
      if (kind === 'integration.changed') integrations.invalidate(subjectId)
      if (kind === 'connection.changed') connections.invalidate(subjectId)
      if (kind === 'organization.changed') features.invalidate(subjectId)
      if (kind === 'organization_keys.changed') {
        integrations.invalidateAll()
        connections.invalidateAll()
      }
    },
    onGap: () => {
      integrations.invalidateAll()
      connections.invalidateAll()
      features.invalidateAll()
    },
  })

  const numbered = async (id: string): Promise<CachedIntegration | undefined> => {
    const integration = await readIntegration(deps, id)
    readNumber += 1
    return integration && { ...integration, readNumber }
  }
  const keyed = async (
    integration: CachedIntegration,
    owner: string,
    key: string,
  ): Promise<CachedConnection> => {
    const result = await readConnection(deps, integration, owner)
    const id = connectionIdOf(result)
    return { result, keys: id === null ? [key] : [key, id] }
  }
  return {
    integration: (id) => integrations.peek(id) ?? integrations.load(id, () => numbered(id)),
    connection: async (integration, owner) => {
      // A connection depends on its integration: with the number of the read in its key, a change of
      // the integration invalidates its connections too.
      const key = `${integration.readNumber} ${owner}`
      const { result } =
        connections.peek(key) ?? (await connections.load(key, () => keyed(integration, owner, key)))
      return result
    },
    hasStoredFeature: async (id) => {
      const read = async () =>
        (await findOrganization(deps.db, id))?.features.stored === true || undefined
      return features.peek(id) ?? (await features.load(id, read)) ?? false
    },
  }
}

function connectionIdOf(result: LookupResult): string | null {
  if (result.kind === 'absent') return null
  return result.kind === 'found' ? result.resolved.connectionId : result.connectionId
}
