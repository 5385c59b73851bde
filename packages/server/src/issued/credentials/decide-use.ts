import type { VerificationCode } from '@keyporter/contract'
import type { CachedApi, CachedCredential } from './credential-cache.ts'
import type { SecretSnapshot } from './credential-snapshot.ts'
import { statusAt } from './rules.ts'

/** Why a use of a credential is rejected. Verifiers see the code; clients get one error for most codes. */
export type RejectionCode = Exclude<VerificationCode, 'valid'>

/** A credential that was authenticated by its secret or by an access token. */
export type AuthenticatedCredential = {
  readonly kind: 'authenticated'
  readonly credential: CachedCredential
  /** Undefined for an access token. */
  readonly secret: SecretSnapshot | undefined
  /**
   * The permissions: those of the credential; for an access token, those in its scope that the credential still has.
   * Empty when the organization lost its access to the API.
   */
  readonly granted: readonly string[]
  /** The expiry of the credential or of the access token. */
  readonly expiresAtMs: number
}

/** The requirements of a request. An absent member requires nothing. */
export type Demand = {
  /** The API of the credential, by its id. */
  readonly apiId?: string | undefined
  /** The API of the credential, by its identifiers (RFC 8707). */
  readonly resources?: readonly string[] | undefined
  /** Whether the credential must be for the built-in API. */
  readonly builtIn?: true | undefined
  readonly permissions?: readonly string[] | undefined
  /** With `path`: an operation of the API, whose permissions are needed. */
  readonly method?: string | undefined
  readonly path?: string | undefined
}

/** The decision about a use: the permissions that it needs, or the reason for the rejection. */
export type UseDecision =
  | { readonly kind: 'allowed'; readonly needed: readonly string[] }
  | {
      readonly kind: 'rejected'
      readonly code: RejectionCode
      /** The permissions that the credential does not have, for `insufficient_permissions`. */
      readonly missing?: readonly string[]
    }

type Presented = Pick<AuthenticatedCredential, 'credential' | 'secret' | 'granted'>

// Constants: hot paths decide without an allocation.
const NO_DEMAND: Demand = {}
const NO_PERMISSIONS: readonly string[] = []
const ALLOWED: UseDecision = { kind: 'allowed', needed: NO_PERMISSIONS }
const REVOKED: UseDecision = { kind: 'rejected', code: 'revoked' }
const SUSPENDED: UseDecision = { kind: 'rejected', code: 'suspended' }
const EXPIRED: UseDecision = { kind: 'rejected', code: 'expired' }
const WRONG_API: UseDecision = { kind: 'rejected', code: 'wrong_api' }
const UNMAPPED_OPERATION: UseDecision = { kind: 'rejected', code: 'unmapped_operation' }

/**
 * Decides whether a credential can be used at an instant. Every path that accepts a credential calls this function:
 * authentication by secret and by its cache, access tokens, the token endpoint, introspection, verification and the
 * management API. A rule that is added here applies to all of them.
 */
export function decideUse(presented: Presented, nowMs: number, demand = NO_DEMAND): UseDecision {
  const { credential, secret } = presented
  if (secret !== undefined) {
    if (secret.revokedAt !== null) return REVOKED
    if (secret.expiresAt !== null && secret.expiresAt <= nowMs) return EXPIRED
  }
  const status = statusAt(credential, nowMs)
  if (status === 'revoked') return REVOKED
  if (status === 'suspended') return SUSPENDED
  if (status === 'expired') return EXPIRED
  if (demand === NO_DEMAND) return ALLOWED
  if (!isForApi(credential.api, demand)) return WRONG_API
  const needed = neededPermissions(credential.api, demand)
  return needed === undefined ? UNMAPPED_OPERATION : decidePermissions(presented, needed)
}

/** Returns the permissions of an authenticated credential as a set. */
export function grantedSetOf({
  credential,
  granted,
}: Pick<Presented, 'credential' | 'granted'>): ReadonlySet<string> {
  return granted === credential.granted ? credential.grantedSet : new Set(granted)
}

function isForApi(api: CachedApi, { apiId, resources, builtIn }: Demand): boolean {
  if (builtIn === true && !api.builtIn) return false
  if (apiId !== undefined && apiId !== api.id) return false
  return resources === undefined || resources.every((uri) => uri === api.identifier)
}

/** Returns the named permissions and those of method and path; undefined for an unmapped operation. */
function neededPermissions(
  api: CachedApi,
  { permissions = NO_PERMISSIONS, method, path }: Demand,
): readonly string[] | undefined {
  if (method === undefined || path === undefined) return permissions
  const mapped = api.match(method.toUpperCase(), path)
  // An operation without permissions counts as unmapped: an omission must not make every credential valid.
  if (mapped === undefined || mapped.length === 0) return undefined
  return permissions.length === 0 ? mapped : [...new Set([...permissions, ...mapped])]
}

function decidePermissions(presented: Presented, needed: readonly string[]): UseDecision {
  if (needed.length === 0) return ALLOWED
  const held = grantedSetOf(presented)
  if (needed.every((name) => held.has(name))) return { kind: 'allowed', needed }
  const missing = needed.filter((name) => !held.has(name))
  return { kind: 'rejected', code: 'insufficient_permissions', missing }
}
