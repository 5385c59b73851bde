import type { Output, routes } from '@keyporter/contract'
import { formatInstant } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import { type ConnectionSummary, summarizeConnections } from './connection-bulk-rows.ts'
import type { StoredIntegration } from './rows.ts'

/** An integration as the API shows it, with the version that becomes its `ETag`. No secret is in it. */
export type IntegrationResource = Output<typeof routes.integrations.get>

/** Integrations as the API shows them, in the order given. */
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

/** One integration as the API shows it. */
export async function toResource(
  ctx: Context,
  integration: StoredIntegration,
): Promise<IntegrationResource> {
  const summaries = await summarizeConnections(ctx.db, [integration.id])
  return present(integration, summaries.get(integration.id))
}

/** Presents what was loaded. */
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
