import type { Environment } from '@keyporter/protocol'
import { type Authorship, toAuthorship, toAuthorshipColumns } from '../../kernel/actor.ts'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { nameKeyOf } from '../../store/text-search.ts'
import { type AuthSettings, parseSettings } from './auth-settings.ts'
import { parseHeaders, type StoredHeader } from './headers.ts'

/** A stored integration. */
export type StoredIntegration = Authorship & {
  readonly id: string
  readonly organizationId: string
  readonly name: string
  readonly notes: string
  readonly baseUrl: string
  readonly environment: Environment
  readonly organizationSpecific: boolean
  readonly sharedFallback: boolean
  /** `json`, `xml`, `form`, or a complete media type. */
  readonly contentType: string
  readonly headers: readonly StoredHeader[]
  /** The encrypted values of the secret headers. */
  readonly encryptedHeaders: string | null
  readonly headersVersion: number
  readonly auth: AuthSettings
  readonly version: number
  /** Null if never used. */
  readonly lastUsedAt: number | null
}

/** A row of `integrations` joined with its last use. */
export type IntegrationRow = Tables['integrations'] & { readonly usedAt: number | null }

/** Selects the integrations of an organization with their last use. */
export function integrationsOf(db: Reader | Writer, organizationId: string) {
  return db
    .selectFrom('integrations')
    .leftJoin('lastUses', 'lastUses.subjectId', 'integrations.id')
    .where('integrations.organizationId', '=', organizationId)
    .selectAll('integrations')
    .select('lastUses.at as usedAt')
}

/** Returns the integration with this ID; undefined if the organization has none. */
export async function findIntegration(
  db: Reader | Writer,
  organizationId: string,
  id: string,
): Promise<StoredIntegration | undefined> {
  const row = await integrationsOf(db, organizationId)
    .where('integrations.id', '=', id)
    .executeTakeFirst()
  return row === undefined ? undefined : toIntegration(row)
}

/**
 * Returns the organization that owns an integration, and whether it is the operator. Searches all
 * organizations; only calls may use it.
 */
export async function findIntegrationOrganization(
  db: Reader,
  id: string,
): Promise<{ readonly organizationId: string; readonly operator: boolean } | undefined> {
  const row = await db
    .selectFrom('integrations')
    .innerJoin('organizations', 'organizations.id', 'integrations.organizationId')
    .select(['integrations.organizationId', 'organizations.operator'])
    .where('integrations.id', '=', id)
    .executeTakeFirst()
  return row && { organizationId: row.organizationId, operator: row.operator === 1 }
}

/** The columns of the table `integrations`. */
export type IntegrationColumns = Omit<StoredIntegration, 'lastUsedAt'>

/** Inserts an integration. */
export async function insertIntegration(
  tx: Writer,
  integration: IntegrationColumns,
): Promise<void> {
  await tx.insertInto('integrations').values(toRow(integration)).execute()
}

/**
 * Replaces the previous version of an integration. The encrypted headers are written only if they
 * were encrypted for this version, because a key rotation may have re-encrypted them since the
 * read. Returns false if the stored version is another one.
 */
export async function replaceIntegration(
  tx: Writer,
  integration: IntegrationColumns,
  isReEncrypted: boolean,
): Promise<boolean> {
  const { id, organizationId, encryptedHeaders, headersVersion, ...columns } = toRow(integration)
  const { numUpdatedRows } = await tx
    .updateTable('integrations')
    .set({ ...columns, ...(isReEncrypted ? { encryptedHeaders, headersVersion } : {}) })
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('version', '=', integration.version - 1)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Serializes transactions that write connections of an integration. Returns false if the stored
 * version is another one, so that decisions based on this version are outdated.
 */
export async function lockIntegration(
  tx: Writer,
  { organizationId, id, version }: Pick<StoredIntegration, 'organizationId' | 'id' | 'version'>,
): Promise<boolean> {
  // An update without a change locks the row on both databases.
  const { numUpdatedRows } = await tx
    .updateTable('integrations')
    .set(({ ref }) => ({ version: ref('version') }))
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Deletes an integration without connections. */
export async function deleteIntegrationRow(
  tx: Writer,
  { organizationId, id }: Pick<StoredIntegration, 'organizationId' | 'id'>,
): Promise<void> {
  await tx
    .deleteFrom('integrations')
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .execute()
}

/** Returns a row as a stored integration. */
export function toIntegration(row: IntegrationRow): StoredIntegration {
  return {
    id: row.id,
    organizationId: row.organizationId,
    name: row.name,
    notes: row.notes,
    baseUrl: row.baseUrl,
    environment: row.environment === 'test' ? 'test' : 'production',
    organizationSpecific: row.organizationSpecific === 1,
    sharedFallback: row.sharedFallback === 1,
    contentType: row.contentType,
    headers: parseHeaders(row.headers),
    encryptedHeaders: row.encryptedHeaders,
    headersVersion: row.headersVersion,
    auth: parseSettings(row.auth),
    ...toAuthorship(row),
    version: row.version,
    lastUsedAt: row.usedAt,
  }
}

function toRow(integration: IntegrationColumns): Tables['integrations'] {
  return {
    id: integration.id,
    organizationId: integration.organizationId,
    name: integration.name,
    nameKey: nameKeyOf(integration.name),
    notes: integration.notes,
    baseUrl: integration.baseUrl,
    environment: integration.environment,
    organizationSpecific: integration.organizationSpecific ? 1 : 0,
    sharedFallback: integration.sharedFallback ? 1 : 0,
    contentType: integration.contentType,
    headers: JSON.stringify(integration.headers),
    encryptedHeaders: integration.encryptedHeaders,
    headersVersion: integration.headersVersion,
    auth: JSON.stringify(integration.auth),
    kind: integration.auth.kind,
    ...toAuthorshipColumns(integration),
    version: integration.version,
  }
}
