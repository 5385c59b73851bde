import type { Environment } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import { notFound } from '../../kernel/authorize.ts'
import { SHARED } from '../integrations/index.ts'
import type { ResolvedConnection } from './resolved.ts'
import type { IntegrationSnapshot, LookupResult } from './snapshot.ts'

/** The integration to call, the caller, and the organization that the call is made for. */
export type ConnectionQuery = {
  readonly integrationId: string
  readonly caller: {
    readonly organizationId: string
    /** Whether the caller belongs to the operator's organization. */
    readonly operator: boolean
    /**
     * The environment of the calling credential, which must be that of the integration; undefined
     * to accept both.
     */
    readonly environment: Environment | undefined
  }
  /** The organization of the connection; defaults to the organization of the caller. */
  readonly organizationId: string | undefined
}

/** The data available without a read. Each function returns undefined on a cache miss. */
export type CachedData = {
  /** Returns null if the integration does not exist. */
  readonly integration: (id: string) => IntegrationSnapshot | null | undefined
  /**
   * Whether the feature `stored` is enabled for an organization; false if the organization does not
   * exist.
   */
  readonly hasStored: (organizationId: string) => boolean | undefined
  readonly result: (snapshot: IntegrationSnapshot, owner: string) => LookupResult | undefined
}

/** Data that must be read before the connection can be resolved. */
export type CacheMiss =
  | { readonly by: 'integration'; readonly id: string }
  | { readonly by: 'organization'; readonly id: string }
  | { readonly by: 'connection'; readonly snapshot: IntegrationSnapshot; readonly owner: string }

/** The resolved connection, or the data that must be read first. */
export type Resolution =
  | { readonly kind: 'resolved'; readonly resolved: ResolvedConnection }
  | { readonly kind: 'cache_miss'; readonly miss: CacheMiss }

/**
 * Resolves the connection of a call. An organization-specific integration uses the connection of
 * the organization, and falls back to the shared connection if its settings allow it. Other
 * integrations use the shared connection. Environments never mix.
 *
 * Callers of the operator use the operator's integrations with the connection of any organization.
 * Other callers use the integrations of their own organization, and integrations of the operator
 * that have a connection of their organization. Everything else results in `not_found`.
 *
 * @throws {AppError} `not_found`, `environment_mismatch`, `connection_missing`
 */
export function resolveConnection(query: ConnectionQuery, cached: CachedData): Resolution {
  const { caller, integrationId } = query
  const snapshot = cached.integration(integrationId)
  if (snapshot === undefined) return toMiss({ by: 'integration', id: integrationId })
  if (snapshot === null) throw notFound()
  const requestedId = query.organizationId ?? caller.organizationId
  const isForeign = requireAccess(query, snapshot, requestedId)
  const { organizationId: ownerId, organizationSpecific, sharedFallback } = snapshot.integration
  for (const id of new Set([caller.organizationId, requestedId, ownerId])) {
    const stored = cached.hasStored(id)
    if (stored === undefined) return toMiss({ by: 'organization', id })
    if (!stored) throw notFound()
  }
  const owners = organizationSpecific
    ? sharedFallback
      ? [requestedId, SHARED]
      : [requestedId]
    : [SHARED]
  return resolveByOwner(query, snapshot, { cached, owners: isForeign ? [requestedId] : owners })
}

/**
 * Returns whether the integration belongs to the operator and the caller to another organization.
 *
 * @throws {AppError} `not_found`
 */
function requireAccess(
  { caller }: ConnectionQuery,
  { integration, operator }: IntegrationSnapshot,
  requestedId: string,
): boolean {
  const isOwn = integration.organizationId === caller.organizationId
  if (caller.operator && isOwn) return false
  if (requestedId !== caller.organizationId) throw notFound()
  if (isOwn) return false
  if (caller.operator || !operator || !integration.organizationSpecific) throw notFound()
  return true
}

function resolveByOwner(
  { caller }: ConnectionQuery,
  snapshot: IntegrationSnapshot,
  { cached, owners }: { readonly cached: CachedData; readonly owners: readonly string[] },
): Resolution {
  const { integration } = snapshot
  const isForeign = integration.organizationId !== caller.organizationId
  for (const owner of owners) {
    const result = cached.result(snapshot, owner)
    if (result === undefined) return toMiss({ by: 'connection', snapshot, owner })
    // An organization without a connection must not learn that the operator's integration exists.
    if (isForeign && hasNoCredentials(result)) throw notFound()
    if (result.kind === 'absent') continue
    requireEnvironment(caller.environment, integration.environment)
    if (result.kind === 'unusable')
      throw new AppError('connection_missing', { detail: result.detail })
    if (hasNoCredentials(result) && owner !== owners.at(-1)) continue
    return { kind: 'resolved', resolved: result.resolved }
  }
  requireEnvironment(caller.environment, integration.environment)
  throw new AppError('connection_missing', {
    detail: 'No credentials are stored for this organization.',
  })
}

/** Returns whether the owner has stored no credentials. */
function hasNoCredentials(result: LookupResult): boolean {
  return (
    result.kind === 'absent' || (result.kind === 'found' && result.resolved.connectionId === null)
  )
}

/** @throws {AppError} `environment_mismatch` */
function requireEnvironment(callers: Environment | undefined, own: Environment): void {
  if (callers === undefined || callers === own) return
  throw new AppError('environment_mismatch', {
    detail: `The integration belongs to the ${own} environment, the credential to ${callers}. Use a credential of the ${own} environment.`,
  })
}

function toMiss(miss: CacheMiss): Resolution {
  return { kind: 'cache_miss', miss }
}
