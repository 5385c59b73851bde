import { compileMatcher, formatInstant } from '@keyporter/protocol'
import { type Cache, createCache } from '../../platform/cache.ts'
import type { ChangeFeed } from '../../store/change-feed.ts'
import type { Reader } from '../../store/open.ts'
import { readApi, type StoredApi } from '../apis/index.ts'
import {
  type CredentialKey,
  type CredentialSnapshot,
  readCredentialSnapshot,
} from './credential-snapshot.ts'
import { currentPermissions } from './rules.ts'

/** An API with precomputed lookups for verification. */
export type CachedApi = StoredApi & {
  readonly scopeSet: ReadonlySet<string>
  /** Returns the permissions that a method and path need; undefined when they are not mapped. */
  readonly match: (method: string, path: string) => readonly string[] | undefined
}

/** A cached credential, with precomputed values for the hot paths. */
export type CachedCredential = CredentialSnapshot & {
  readonly api: CachedApi
  /** The current permissions: those of the credential that the API still defines; all for full access. */
  readonly granted: readonly string[]
  readonly grantedSet: ReadonlySet<string>
  /** `granted` as JSON. */
  readonly grantedJson: string
  /** `granted` as an OAuth scope. */
  readonly scope: string
  /** In RFC 3339 format. */
  readonly expiresAtText: string
}

/**
 * Caches credentials for the hot paths. The change feed invalidates entries; while it is stale, the cache is
 * closed.
 */
export type CredentialCache = {
  /** Returns the cached credential; undefined on a cache miss. */
  readonly peek: (key: CredentialKey) => CachedCredential | undefined
  /** Reads the credential from the database and caches it. Concurrent calls for a key share one read. */
  readonly load: (key: CredentialKey) => Promise<CachedCredential | undefined>
  /** Returns the API with this id, from the cache if possible. */
  readonly loadApi: (id: string) => Promise<CachedApi | undefined>
}

const CREDENTIALS_MAX = 200_000
const APIS_MAX = 10_000

/** Creates the cache and subscribes it to the change feed. */
export function createCredentialCache(db: Reader, feed: ChangeFeed): CredentialCache {
  const { isFresh } = feed
  const apis = createCache<CachedApi>({ entriesMax: APIS_MAX, isFresh })
  const credentials = createCache<CachedCredential>({
    entriesMax: CREDENTIALS_MAX,
    isFresh,
    keysOf: ({ id, clientId, secrets }) => [id, clientId, ...secrets.map(({ digest }) => digest)],
  })
  feed.subscribe({
    onChange: ({ kind, subjectId }) => {
      if (kind === 'credential.changed' || kind === 'credential.revoked')
        credentials.invalidate(subjectId)
      if (kind === 'api.changed') {
        apis.invalidate(subjectId)
        credentials.invalidateWhere(({ apiId }) => apiId === subjectId)
      }
    },
    onGap: () => {
      apis.invalidateAll()
      credentials.invalidateAll()
    },
  })

  const loadApi = async (id: string): Promise<CachedApi | undefined> =>
    apis.peek(id) ?? apis.load(id, () => readCachedApi(db, id))
  return {
    peek: (key) => {
      const cached = credentials.peek(key.value)
      return cached !== undefined && isKeyOf(cached, key) ? cached : undefined
    },
    load: (key) =>
      credentials.load(key.value, async () => {
        const snapshot = await readCredentialSnapshot(db, key)
        const api = snapshot && (await loadApi(snapshot.apiId))
        return snapshot && api && toCached(snapshot, api)
      }),
    loadApi,
  }
}

/** All keys are in one map: an id must not be accepted as a client id. Callers do not choose digests. */
function isKeyOf({ id, clientId }: CachedCredential, { by, value }: CredentialKey): boolean {
  if (by === 'digest') return true
  return value === (by === 'id' ? id : clientId)
}

async function readCachedApi(db: Reader, id: string): Promise<CachedApi | undefined> {
  const api = await readApi(db, id)
  return api && { ...api, scopeSet: new Set(api.scopes), match: compileMatcher(api.operations) }
}

/** Values derived from a permission list, shared by all credentials of an API with the same list. */
type Grants = Pick<
  CachedCredential,
  'granted' | 'grantedSet' | 'grantedJson' | 'scope' | 'permissions'
>

// Most credentials of an API have one of a few lists. Sharing reduces the memory per credential by two thirds.
const grantsOfApi = new WeakMap<CachedApi, Cache<Grants>>()
const GRANTS_MAX = 10_000

function toCached(snapshot: CredentialSnapshot, api: CachedApi): CachedCredential {
  const expiresAtText = formatInstant(snapshot.expiresAt)
  return { ...snapshot, api, ...grantsOf(snapshot, api), expiresAtText }
}

function grantsOf(snapshot: CredentialSnapshot, api: CachedApi): Grants {
  const isAccessible = isApiGranted(api, snapshot.organizationId)
  const key = `${isAccessible} ${snapshot.kind} ${snapshot.permissions.join(' ')}`
  const known = grantsOfApi.get(api) ?? createCache<Grants>({ entriesMax: GRANTS_MAX })
  const same = known.peek(key)
  if (same !== undefined) return same
  const granted = isAccessible ? currentPermissions(snapshot, api) : []
  const { permissions } = snapshot
  const grants = {
    permissions,
    granted,
    grantedSet: new Set(granted),
    grantedJson: JSON.stringify(granted),
    scope: granted.join(' '),
  }
  known.set(key, grants)
  grantsOfApi.set(api, known)
  return grants
}

/** Revoking an organization's access to an API removes the permissions of its credentials immediately. */
function isApiGranted({ grantedTo, organizationId }: CachedApi, to: string): boolean {
  return grantedTo === null || organizationId === to || grantedTo.includes(to)
}
