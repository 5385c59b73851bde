import type { Output, routes } from '@keyporter/contract'
import { formatInstant } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import { type ConnectionSummary, summarizeConnections } from './connection-bulk-rows.ts'
import type { StoredIntegration } from './rows.ts'

/**
 * An integration as returned by the API, with the version for its `ETag`. It contains no secret.
 */
export type IntegrationResource = Output<typeof routes.integrations.get>

/** Returns integrations as the API returns them, in the given order. */
export async function toResources(
  ctx: Context,
  integrations: readonly StoredIntegration[],
): Promise<IntegrationResource[]> {
  const summaries = await summarizeConnections(
    ctx.db,
    integrations.map(({ id }) => id),
  )
  return integrations.map((integration) => present(integration, summaries.get(integration.id)))
}

/** Returns one integration as the API returns it. */
export async function toResource(
  ctx: Context,
  integration: StoredIntegration,
): Promise<IntegrationResource> {
  const summaries = await summarizeConnections(ctx.db, [integration.id])
  return present(integration, summaries.get(integration.id))
}

/** Builds the response from loaded data. */
export function present(
  integration: StoredIntegration,
  connections: ConnectionSummary | undefined,
): IntegrationResource {
  const { lastUsedAt } = integration
  return {
    id: integration.id,
    organizationId: integration.organizationId,
    name: integration.name,
    notes: integration.notes,
    baseUrl: integration.baseUrl,
    environment: integration.environment,
    organizationSpecific: integration.organizationSpecific,
    sharedFallback: integration.sharedFallback,
    contentType: integration.contentType,
    headers: [...integration.headers],
    auth: integration.auth,
    organizationCount: connections?.organizationCount ?? 0,
    connectionStatus: connections?.status ?? null,
    lastUsedAt: lastUsedAt === null ? null : formatInstant(lastUsedAt),
    createdAt: formatInstant(integration.createdAt),
    createdBy: integration.createdBy,
    updatedAt: formatInstant(integration.updatedAt),
    updatedBy: integration.updatedBy,
    version: integration.version,
  }
}
