import { compileMatcher, formatInstant } from '@keyporter/protocol'
import type { Change, ChangeFeed } from '../../store/change-feed.ts'
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
 * Caches credentials for the hot paths. The change feed invalidates entries; while it is stale, the cache is not
 * used.
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

/** Creates the cache and subscribes it to the change feed. */
export function createCredentialCache(db: Reader, feed: ChangeFeed): CredentialCache {
  const byId = new Map<string, CachedCredential>()
  const byClientId = new Map<string, CachedCredential>()
  const byDigest = new Map<string, CachedCredential>()
  const apis = new Map<string, CachedApi>()
  const loading = new Map<string, Promise<CachedCredential | undefined>>()
  // Incremented by every change: a read that started before a change may be stale and is not cached.
  let epoch = 0

  const add = (credential: CachedCredential) => {
    if (byId.size >= CREDENTIALS_MAX) evict(byId.keys().next().value ?? '')
    byId.set(credential.id, credential)
    byClientId.set(credential.clientId, credential)
    for (const { digest } of credential.secrets) byDigest.set(digest, credential)
  }
  const evict = (id: string) => {
    const credential = byId.get(id)
    if (credential === undefined) return
    byId.delete(id)
    byClientId.delete(credential.clientId)
    for (const { digest } of credential.secrets) byDigest.delete(digest)
  }
  feed.subscribe((change: Change) => {
    epoch += 1
    if (change.kind === 'credential.changed' || change.kind === 'credential.revoked')
      evict(change.subjectId)
    if (change.kind === 'api.changed') {
      apis.delete(change.subjectId)
      for (const { id, apiId } of byId.values()) if (apiId === change.subjectId) evict(id)
    }
  })

  const loadApi = async (id: string): Promise<CachedApi | undefined> => {
    const known = feed.isFresh() ? apis.get(id) : undefined
    if (known !== undefined) return known
    const before = epoch
    const snapshot = await readApi(db, id)
    if (snapshot === undefined) return undefined
    const api = {
      ...snapshot,
      scopeSet: new Set(snapshot.scopes),
      match: compileMatcher(snapshot.operations),
    }
    if (epoch === before) apis.set(id, api)
    return api
  }
  const read = async (key: CredentialKey): Promise<CachedCredential | undefined> => {
    const before = epoch
    const snapshot = await readCredentialSnapshot(db, key)
    const api = snapshot === undefined ? undefined : await loadApi(snapshot.apiId)
    if (snapshot === undefined || api === undefined) return undefined
    const credential = register(snapshot, api)
    if (epoch === before) {
      evict(credential.id)
      add(credential)
    }
    return credential
  }
  return {
    peek: (key) => (feed.isFresh() ? mapOf(key).get(key.value) : undefined),
    load: (key) => {
      const name = `${key.by}:${key.value}`
      const running = loading.get(name)
      if (running !== undefined) return running
      const started = read(key).finally(() => loading.delete(name))
      loading.set(name, started)
      return started
    },
    loadApi,
  }

  function mapOf({ by }: CredentialKey): ReadonlyMap<string, CachedCredential> {
    if (by === 'clientId') return byClientId
    return by === 'digest' ? byDigest : byId
  }
}

/** Values derived from a permission list, shared by all credentials of an API with the same list. */
type Grants = Pick<
  CachedCredential,
  'granted' | 'grantedSet' | 'grantedJson' | 'scope' | 'permissions'
>

// Most credentials of an API have one of a few lists. Sharing reduces the memory per credential by two thirds.
const grantsOfApi = new WeakMap<CachedApi, Map<string, Grants>>()
const GRANTS_MAX = 10_000

function register(snapshot: CredentialSnapshot, api: CachedApi): CachedCredential {
  const expiresAtText = formatInstant(snapshot.expiresAt)
  return { ...snapshot, api, ...grantsOf(snapshot, api), expiresAtText }
}

function grantsOf(snapshot: CredentialSnapshot, api: CachedApi): Grants {
  const isAccessible = isApiGranted(api, snapshot.organizationId)
  const key = `${isAccessible} ${snapshot.kind} ${snapshot.permissions.join(' ')}`
  const known = grantsOfApi.get(api) ?? new Map<string, Grants>()
  const same = known.get(key)
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
  if (known.size >= GRANTS_MAX) known.clear()
  grantsOfApi.set(api, known.set(key, grants))
  return grants
}

/** Revoking an organization's access to an API removes the permissions of its credentials immediately. */
function isApiGranted({ grantedTo, organizationId }: CachedApi, to: string): boolean {
  return grantedTo === null || organizationId === to || grantedTo.includes(to)
}
