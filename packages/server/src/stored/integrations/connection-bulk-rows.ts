import { sql } from 'kysely'
import type { ActorReference } from '../../kernel/actor.ts'
import type { Reader, Writer } from '../../store/open.ts'
import { type AuthSettings, parseSettings } from './auth-settings.ts'
import { type ConnectionStatus, SHARED, statusesBySeverity } from './connection-rows.ts'

/** A summary of the connections of an integration. */
export type ConnectionSummary = {
  /** The number of organizations with a connection of their own. */
  readonly organizationCount: number
  /** The worst status; null if there are no connections. */
  readonly status: ConnectionStatus | null
}

/**
 * Summarizes the connections of each integration. Integrations without a connection are omitted.
 */
export async function summarizeConnections(
  db: Reader,
  integrationIds: readonly string[],
): Promise<ReadonlyMap<string, ConnectionSummary>> {
  if (integrationIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('connections')
    .select(({ fn }) => [
      'integrationId',
      'status',
      fn.countAll<number>().as('count'),
      sql<number>`cast(sum(case when owner = ${SHARED} then 1 else 0 end) as bigint)`.as('shared'),
    ])
    .where('integrationId', 'in', integrationIds)
    .groupBy(['integrationId', 'status'])
    .execute()
  return new Map(
    [...Map.groupBy(rows, ({ integrationId }) => integrationId)].map(([id, group]) => [
      id,
      {
        organizationCount: group.reduce((sum, { count, shared }) => sum + count - shared, 0),
        status:
          statusesBySeverity.find((status) => group.some((row) => row.status === status)) ?? null,
      },
    ]),
  )
}

/** A connection with the settings that determine where its secrets are sent. */
export type ConnectionSettings = { readonly id: string; readonly auth: AuthSettings }

/** Returns the settings of all connections of an integration. */
export async function selectSettings(
  tx: Writer,
  integrationId: string,
): Promise<readonly ConnectionSettings[]> {
  const rows = await tx
    .selectFrom('connections')
    .select(['id', 'auth'])
    .where('integrationId', '=', integrationId)
    .execute()
  return rows.map(({ id, auth }) => ({ id, auth: parseSettings(auth) }))
}

const IDS_MAX = 500

/**
 * Deletes the secrets and the tokens of connections, and sets their status to `needs_attention`.
 */
export async function deleteSecrets(
  tx: Writer,
  ids: readonly string[],
  { kind, at, by }: { readonly kind: string; readonly at: number; readonly by: ActorReference },
): Promise<void> {
  for (let start = 0; start < ids.length; start += IDS_MAX) {
    const some = ids.slice(start, start + IDS_MAX)
    await tx
      .updateTable('connections')
      .set((eb) => ({
        encryptedSecrets: null,
        secrets: '[]',
        // The settings of another authentication type do not apply.
        auth: eb
          .case()
          .when('kind', '=', kind)
          .then(eb.ref('auth'))
          .else(JSON.stringify({ kind }))
          .end(),
        kind,
        status: 'needs_attention',
        statusReason: 'credentials_missing',
        updatedAt: at,
        updatedByType: by.type,
        updatedById: by.id,
        updatedByName: by.name,
        version: eb('version', '+', 1),
      }))
      .where('id', 'in', some)
      .execute()
    await tx.deleteFrom('upstreamTokens').where('connectionId', 'in', some).execute()
    await tx.deleteFrom('upstreamConsents').where('connectionId', 'in', some).execute()
  }
}

/** Deletes all connections of an integration, and returns their number. */
export async function deleteConnections(tx: Writer, integrationId: string): Promise<number> {
  const ofIntegration = tx
    .selectFrom('connections')
    .select('id')
    .where('integrationId', '=', integrationId)
  await tx.deleteFrom('upstreamTokens').where('connectionId', 'in', ofIntegration).execute()
  await tx.deleteFrom('upstreamConsents').where('connectionId', 'in', ofIntegration).execute()
  const { numDeletedRows } = await tx
    .deleteFrom('connections')
    .where('integrationId', '=', integrationId)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
