import { compileMatcher, formatInstant } from '@keyporter/protocol'
import type { Change, ChangeFeed } from '../../store/change-feed.ts'
import type { Reader } from '../../store/open.ts'
import { readApi, type StoredApi } from '../apis/index.ts'
import {
  type CredentialSnapshot,
  type RegistryKey,
  readCredentialSnapshot,
  type SecretSnapshot,
} from './registry-rows.ts'
import { currentPermissions } from './rules.ts'

/** An api as verification needs it. */
export type RegisteredApi = StoredApi & {
  readonly scopeSet: ReadonlySet<string>
  /** The permissions that a method and path need; undefined when the map does not know them. */
  readonly match: (method: string, path: string) => readonly string[] | undefined
}

/** A credential in memory, with everything precomputed that a request would otherwise compute. */
export type RegisteredCredential = CredentialSnapshot & {
  readonly api: RegisteredApi
  /** What it may do today: its permissions as far as the api still lists them; all of them for full access. */
  readonly granted: readonly string[]
  readonly grantedSet: ReadonlySet<string>
  /** The same as JSON, and as a scope. */
  readonly grantedJson: string
  readonly scope: string
  /** RFC 3339. */
  readonly expiresAtText: string
}

/** A secret that was recognized, and whose it is. */
export type MatchedSecret = {
  readonly credential: RegisteredCredential
  readonly secret: SecretSnapshot
}

/**
 * The credentials of the hot paths, in memory. A warm look-up reads no row; while the change feed
 * cannot be read nothing is answered from memory.
 */
export type Registry = {
  /** From memory, or undefined when that cannot answer. */
  readonly peek: (key: RegistryKey) => RegisteredCredential | undefined
  /** From the store, remembered. Requests for the same key share one read. */
  readonly load: (key: RegistryKey) => Promise<RegisteredCredential | undefined>
  /** An api of an organization’s credential, by its id. */
  readonly loadApi: (id: string) => Promise<RegisteredApi | undefined>
}

const CREDENTIALS_MAX = 200_000

/** Makes the registry and ties it to the change feed. */
export function createRegistry(db: Reader, feed: ChangeFeed): Registry {
  const byId = new Map<string, RegisteredCredential>()
  const byClientId = new Map<string, RegisteredCredential>()
  const byDigest = new Map<string, RegisteredCredential>()
  const apis = new Map<string, RegisteredApi>()
  const loading = new Map<string, Promise<RegisteredCredential | undefined>>()
  // Raised by every change: what was read before it may be old, and is not kept.
  let epoch = 0

  const remember = (credential: RegisteredCredential) => {
    if (byId.size >= CREDENTIALS_MAX) forget(byId.keys().next().value ?? '')
    byId.set(credential.id, credential)
    byClientId.set(credential.clientId, credential)
    for (const { digest } of credential.secrets) byDigest.set(digest, credential)
  }
  const forget = (id: string) => {
    const credential = byId.get(id)
    if (credential === undefined) return
    byId.delete(id)
    byClientId.delete(credential.clientId)
    for (const { digest } of credential.secrets) byDigest.delete(digest)
  }
  feed.subscribe((change: Change) => {
    epoch += 1
    if (change.kind === 'credential.changed' || change.kind === 'credential.revoked')
      forget(change.subjectId)
    if (change.kind === 'api.changed') {
      apis.delete(change.subjectId)
      for (const { id, apiId } of byId.values()) if (apiId === change.subjectId) forget(id)
    }
  })

  const loadApi = async (id: string): Promise<RegisteredApi | undefined> => {
    const known = feed.isFresh() ? apis.get(id) : undefined
    if (known !== undefined) return known
    const before = epoch
    const facts = await readApi(db, id)
    if (facts === undefined) return undefined
    const api = {
      ...facts,
      scopeSet: new Set(facts.scopes),
      match: compileMatcher(facts.operations),
    }
    if (epoch === before) apis.set(id, api)
    return api
  }
  const read = async (key: RegistryKey): Promise<RegisteredCredential | undefined> => {
    const before = epoch
    const facts = await readCredentialSnapshot(db, key)
    const api = facts === undefined ? undefined : await loadApi(facts.apiId)
    if (facts === undefined || api === undefined) return undefined
    const credential = register(facts, api)
    if (epoch === before) {
      forget(credential.id)
      remember(credential)
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

  function mapOf({ by }: RegistryKey): ReadonlyMap<string, RegisteredCredential> {
    if (by === 'clientId') return byClientId
    return by === 'digest' ? byDigest : byId
  }
}

/** What a list of permissions comes to, for all credentials of an api that have the same one. */
type Grants = Pick<
  RegisteredCredential,
  'granted' | 'grantedSet' | 'grantedJson' | 'scope' | 'permissions'
>

// Most credentials of an api have one of a few lists: kept once, a credential costs a third of the memory.
const grantsOfApi = new WeakMap<RegisteredApi, Map<string, Grants>>()
const GRANTS_MAX = 10_000

function register(facts: CredentialSnapshot, api: RegisteredApi): RegisteredCredential {
  const expiresAtText = formatInstant(facts.expiresAt)
  return { ...facts, api, ...grantsOf(facts, api), expiresAtText }
}

function grantsOf(facts: CredentialSnapshot, api: RegisteredApi): Grants {
  const isHeld = isGranted(api, facts.organizationId)
  const key = `${isHeld} ${facts.kind} ${facts.permissions.join(' ')}`
  const known = grantsOfApi.get(api) ?? new Map<string, Grants>()
  const same = known.get(key)
  if (same !== undefined) return same
  const granted = isHeld ? currentPermissions(facts, api) : []
  const { permissions } = facts
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

/** An api that is taken away from an organization is taken from its credentials too, at once. */
function isGranted({ grantedTo, organizationId }: RegisteredApi, to: string): boolean {
  return grantedTo === null || organizationId === to || grantedTo.includes(to)
}
