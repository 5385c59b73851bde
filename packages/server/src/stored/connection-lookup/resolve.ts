import type { Environment } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import { notFound } from '../../kernel/authorize.ts'
import { SHARED } from '../integrations/index.ts'
import type { ResolvedConnection } from './resolved.ts'
import type { IntegrationFacts, Slot } from './snapshot.ts'

/** Which integration is called, by whom, and with whose values. */
export type ConnectionQuery = {
  readonly integrationId: string
  readonly caller: {
    readonly organizationId: string
    /** Whether the caller belongs to the operator. */
    readonly operator: boolean
    /** That of the calling credential, which must be the integration's; undefined: any will do. */
    readonly environment: Environment | undefined
  }
  /** Whose values; those of the caller's own organization unless given. */
  readonly organizationId: string | undefined
}

/** What is known. Each answers undefined where it does not know. */
export type Knowledge = {
  /** Null: there is no such integration. */
  readonly integration: (id: string) => IntegrationFacts | null | undefined
  /** Whether an organization has the stored door; one that does not exist has nothing. */
  readonly stored: (organizationId: string) => boolean | undefined
  readonly slot: (facts: IntegrationFacts, holder: string) => Slot | undefined
}

/** Something that has to be looked up first. */
export type Unknown =
  | { readonly by: 'integration'; readonly id: string }
  | { readonly by: 'organization'; readonly id: string }
  | { readonly by: 'slot'; readonly facts: IntegrationFacts; readonly holder: string }

/** The values to call with, or what has to be looked up before that can be said. */
export type Resolution =
  | { readonly kind: 'resolved'; readonly resolved: ResolvedConnection }
  | { readonly kind: 'unknown'; readonly unknown: Unknown }

/**
 * Decides with which values a call is made: those of the organization, where the integration is
 * organization-specific; else, or where it says so, the shared ones. Never across environments.
 *
 * The operator's callers use the operator's integrations with the values of any organization. Everybody else
 * uses their own organization's integrations, and one of the operator's only where their organization has
 * values of its own there. Whatever else is asked for does not exist.
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
  const holders = organizationSpecific ? (sharedFallback ? [named, SHARED] : [named]) : [SHARED]
  return pick(query, facts, { known, holders: guest ? [named] : holders })
}

/** Whether the caller is a guest at the operator's integration. @throws {AppError} `not_found` */
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
  { known, holders }: { readonly known: Knowledge; readonly holders: readonly string[] },
): Resolution {
  const { integration } = facts
  const isGuest = integration.organizationId !== caller.organizationId
  for (const holder of holders) {
    const slot = known.slot(facts, holder)
    if (slot === undefined) return unknown({ by: 'slot', facts, holder })
    // Without values of its own a guest learns nothing, not even that there is something.
    if (isGuest && isBare(slot)) throw notFound()
    if (slot.kind === 'absent') continue
    requireEnvironment(caller.environment, integration.environment)
    if (slot.kind === 'lost') throw new AppError('connection_missing', { detail: slot.detail })
    if (isBare(slot) && holder !== holders.at(-1)) continue
    return { kind: 'resolved', resolved: slot.resolved }
  }
  requireEnvironment(caller.environment, integration.environment)
  throw new AppError('connection_missing', { detail: 'Nobody gave values to sign in with here.' })
}

/** Nobody gave values. */
function isBare(slot: Slot): boolean {
  return slot.kind === 'absent' || (slot.kind === 'found' && slot.resolved.connectionId === null)
}

/** @throws {AppError} `environment_mismatch` */
function requireEnvironment(callers: Environment | undefined, own: Environment): void {
  if (callers === undefined || callers === own) return
  throw new AppError('environment_mismatch', {
    detail: `The integration belongs to the ${own} environment, the credential to ${callers}.`,
  })
}

function unknown(missing: Unknown): Resolution {
  return { kind: 'unknown', unknown: missing }
}
