import type { Environment } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import { notFound } from '../../kernel/authorize.ts'
import type { Principal } from '../../kernel/context.ts'
import { SHARED } from '../integrations/index.ts'
import type { DecryptedIntegration, LookupResult } from './read-connection.ts'
import type { ResolvedConnection } from './resolved-connection.ts'

/** The integration to call, the caller, and the organization that the call is made for. */
export type ConnectionQuery = Pick<Principal, 'actor' | 'operator'> & {
  readonly integrationId: string
  /** The organization of the connection; defaults to the organization of the caller. */
  readonly organizationId: string | undefined
  /** Whether the environment of a calling credential must be that of the integration. */
  readonly sameEnvironment: boolean
}

/** The data that a lookup needs. `I` is the type of the integration, which a cache extends. */
export type LookupData<I extends DecryptedIntegration = DecryptedIntegration> = {
  readonly integration: (id: string) => I | undefined | Promise<I | undefined>
  readonly connection: (integration: I, owner: string) => Promise<LookupResult>
  /** Returns whether an organization exists and has the feature `stored`. */
  readonly hasStoredFeature: (organizationId: string) => Promise<boolean>
}

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
export async function resolveConnection<I extends DecryptedIntegration>(
  query: ConnectionQuery,
  data: LookupData<I>,
): Promise<ResolvedConnection> {
  const decrypted = await data.integration(query.integrationId)
  if (decrypted === undefined) throw notFound()
  const { integration } = decrypted
  const callerId = query.actor.organizationId ?? ''
  const requestedId = query.organizationId ?? callerId
  const isOwn = integration.organizationId === callerId
  requireAccess(query, decrypted, { isOwn, isForSelf: requestedId === callerId })
  for (const id of new Set([callerId, requestedId, integration.organizationId])) {
    if (!(await data.hasStoredFeature(id))) throw notFound()
  }
  const owners = isOwn ? lookupOrder(integration, requestedId) : [requestedId]
  const result = await findByOwner(data, decrypted, owners)
  // An organization without a connection must not learn that the operator's integration exists.
  if (!isOwn && !hasCredentials(result)) throw notFound()
  requireEnvironment(query, integration.environment)
  return requireUsable(result)
}

/** @throws {AppError} `not_found` if the caller cannot use the integration for the organization */
function requireAccess(
  caller: ConnectionQuery,
  { integration, operator }: DecryptedIntegration,
  { isOwn, isForSelf }: { readonly isOwn: boolean; readonly isForSelf: boolean },
): void {
  if (isOwn && (caller.operator || isForSelf)) return
  const isOffered = operator && integration.organizationSpecific
  if (isOwn || !isForSelf || caller.operator || !isOffered) throw notFound()
}

/** Returns the owners whose connections an organization can use, the first one preferred. */
function lookupOrder(
  { organizationSpecific, sharedFallback }: DecryptedIntegration['integration'],
  organizationId: string,
): readonly string[] {
  if (!organizationSpecific) return [SHARED]
  return sharedFallback ? [organizationId, SHARED] : [organizationId]
}

/** Returns the result of the first owner with credentials; otherwise the result of the last one. */
async function findByOwner<I extends DecryptedIntegration>(
  data: LookupData<I>,
  integration: I,
  owners: readonly string[],
): Promise<LookupResult> {
  let result: LookupResult = { kind: 'absent' }
  for (const owner of owners) {
    result = await data.connection(integration, owner)
    if (hasCredentials(result)) break
  }
  return result
}

/** Returns whether the owner has stored credentials, even if they are unusable. */
function hasCredentials(result: LookupResult): boolean {
  return (
    result.kind === 'unusable' || (result.kind === 'found' && result.resolved.connectionId !== null)
  )
}

/** @throws {AppError} `environment_mismatch` */
function requireEnvironment(
  { actor, sameEnvironment }: ConnectionQuery,
  environment: Environment,
): void {
  if (!sameEnvironment || actor.kind !== 'credential' || actor.environment === environment) return
  throw new AppError('environment_mismatch', {
    detail: `The integration belongs to the ${environment} environment, the credential to ${actor.environment}. Use a credential of the ${environment} environment.`,
  })
}

/** @throws {AppError} `connection_missing` */
function requireUsable(result: LookupResult): ResolvedConnection {
  if (result.kind === 'found') return result.resolved
  const detail =
    result.kind === 'unusable' ? result.detail : 'No credentials are stored for this organization.'
  throw new AppError('connection_missing', { detail })
}
