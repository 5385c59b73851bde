import type { Environment } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import { notFound } from '../../kernel/authorize.ts'
import { SHARED } from '../integrations/index.ts'
import type { ResolvedConnection } from './resolved.ts'
import type { IntegrationFacts, Slot } from './snapshot.ts'

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
export type Knowledge = {
  /** Returns null if the integration does not exist. */
  readonly integration: (id: string) => IntegrationFacts | null | undefined
  /**
   * Whether the feature `stored` is enabled for an organization; false if the organization does not
   * exist.
   */
  readonly stored: (organizationId: string) => boolean | undefined
  readonly slot: (facts: IntegrationFacts, owner: string) => Slot | undefined
}

/** Data that must be read before the connection can be resolved. */
export type Unknown =
  | { readonly by: 'integration'; readonly id: string }
  | { readonly by: 'organization'; readonly id: string }
  | { readonly by: 'slot'; readonly facts: IntegrationFacts; readonly owner: string }

/** The resolved connection, or the data that must be read first. */
export type Resolution =
  | { readonly kind: 'resolved'; readonly resolved: ResolvedConnection }
  | { readonly kind: 'unknown'; readonly unknown: Unknown }

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
export function resolveConnection(query: ConnectionQuery, known: Knowledge): Resolution {
  const { caller, integrationId } = query
  const facts = known.integration(integrationId)
  if (facts === undefined) return unknown({ by: 'integration', id: integrationId })
  if (facts === null) throw notFound()
  const named = query.organizationId ?? caller.organizationId
  const guest = requireReach(query, facts, named)
  const { organizationId: ownerId, organizationSpecific, sharedFallback } = facts.integration
  for (const id of new Set([caller.organizationId, named, ownerId])) {
    const stored = known.stored(id)
    if (stored === undefined) return unknown({ by: 'organization', id })
    if (!stored) throw notFound()
  }
  const owners = organizationSpecific ? (sharedFallback ? [named, SHARED] : [named]) : [SHARED]
  return pick(query, facts, { known, owners: guest ? [named] : owners })
}

/**
 * Returns whether the integration belongs to the operator and the caller to another organization.
 *
 * @throws {AppError} `not_found`
 */
function requireReach(
  { caller }: ConnectionQuery,
  { integration, operator }: IntegrationFacts,
  named: string,
): boolean {
  const isOwn = integration.organizationId === caller.organizationId
  if (caller.operator && isOwn) return false
  if (named !== caller.organizationId) throw notFound()
  if (isOwn) return false
  if (caller.operator || !operator || !integration.organizationSpecific) throw notFound()
  return true
}

function pick(
  { caller }: ConnectionQuery,
  facts: IntegrationFacts,
  { known, owners }: { readonly known: Knowledge; readonly owners: readonly string[] },
): Resolution {
  const { integration } = facts
  const isGuest = integration.organizationId !== caller.organizationId
  for (const owner of owners) {
    const slot = known.slot(facts, owner)
    if (slot === undefined) return unknown({ by: 'slot', facts, owner })
    // An organization without a connection must not learn that the operator's integration exists.
    if (isGuest && isBare(slot)) throw notFound()
    if (slot.kind === 'absent') continue
    requireEnvironment(caller.environment, integration.environment)
    if (slot.kind === 'lost') throw new AppError('connection_missing', { detail: slot.detail })
    if (isBare(slot) && owner !== owners.at(-1)) continue
    return { kind: 'resolved', resolved: slot.resolved }
  }
  requireEnvironment(caller.environment, integration.environment)
  throw new AppError('connection_missing', {
    detail: 'No credentials are stored for this organization.',
  })
}

/** Returns whether the owner has stored no credentials. */
function isBare(slot: Slot): boolean {
  return slot.kind === 'absent' || (slot.kind === 'found' && slot.resolved.connectionId === null)
}

/** @throws {AppError} `environment_mismatch` */
function requireEnvironment(callers: Environment | undefined, own: Environment): void {
  if (callers === undefined || callers === own) return
  throw new AppError('environment_mismatch', {
    detail: `The integration belongs to the ${own} environment, the credential to ${callers}. Use a credential of the ${own} environment.`,
  })
}

function unknown(missing: Unknown): Resolution {
  return { kind: 'unknown', unknown: missing }
}
