import type { AuthKind } from '@keyporter/protocol'
import { type Authorship, toAuthorship, toAuthorshipColumns } from '../../kernel/actor.ts'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { type AuthSettings, parseSettings } from './auth-settings.ts'
import { parseHeaders, type StoredHeader } from './headers.ts'

/** The statuses of connections, worst first. */
export const statusesBySeverity = ['needs_attention', 'untested', 'working'] as const
export type ConnectionStatus = (typeof statusesBySeverity)[number]

/** Why a connection needs attention. */
export type StatusReason = 'credentials_missing' | 'rejected' | 'consent_required' | 'undecryptable'

/** The owner of a connection that serves all organizations. */
export const SHARED = 'shared'

/** A stored connection. */
export type StoredConnection = Authorship & {
  readonly id: string
  readonly integrationId: string
  /** An organization's ID, or `shared`. */
  readonly owner: string
  /** The name of the owning organization; null for `shared`. */
  readonly organizationName: string | null
  /** The organization of the encryption key. */
  readonly organizationId: string
  readonly kind: AuthKind
  /** The settings of the connection, without those of the integration. */
  readonly auth: AuthSettings
  /** The names of the encrypted secret fields. */
  readonly secretNames: readonly string[]
  readonly headers: readonly StoredHeader[]
  /** Null if the secrets were deleted and must be stored again. */
  readonly encryptedSecrets: string | null
  readonly secretsVersion: number
  readonly status: ConnectionStatus
  readonly statusReason: StatusReason | null
  readonly expiresAt: number | null
  readonly tokenExpiresAt: number | null
  readonly testedAt: number | null
  readonly lastUsedAt: number | null
  readonly version: number
}

/** The columns of the table `connections`. */
export type ConnectionColumns = Omit<
  StoredConnection,
  'organizationName' | 'tokenExpiresAt' | 'lastUsedAt'
>

/** Returns the connection of an owner; undefined if there is none. */
export async function findConnection(
  db: Reader | Writer,
  integrationId: string,
  owner: string,
): Promise<StoredConnection | undefined> {
  const row = await connectionsOf(db, integrationId)
    .where('connections.owner', '=', owner)
    .executeTakeFirst()
  return row === undefined ? undefined : toConnection(row)
}

/**
 * Returns the integration and the owner of a connection; undefined if there is none with this ID.
 */
export async function findIntegrationAndOwner(
  db: Reader,
  id: string,
): Promise<Pick<StoredConnection, 'integrationId' | 'owner'> | undefined> {
  return db
    .selectFrom('connections')
    .select(['integrationId', 'owner'])
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Returns the status reason of a connection, or null; undefined if there is none with this ID. */
export async function findStatusReason(db: Reader, id: string): Promise<string | null | undefined> {
  const row = await db
    .selectFrom('connections')
    .select('statusReason')
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.statusReason
}

/**
 * Returns up to `limit` + 1 connections of an integration: the shared one first, then those of
 * organizations.
 */
export async function selectConnections(
  db: Reader,
  integrationId: string,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly StoredConnection[]> {
  const ownOnes = connectionsOf(db, integrationId)
    .where('connections.owner', '!=', SHARED)
    .$if(after !== undefined && after !== SHARED, (query) =>
      query.where('connections.owner', '>', after ?? ''),
    )
    .orderBy('connections.owner')
    .limit(limit + 1)
  const own = (await ownOnes.execute()).map(toConnection)
  if (after !== undefined) return own
  const shared = await findConnection(db, integrationId, SHARED)
  return shared === undefined ? own : [shared, ...own].slice(0, limit + 1)
}

/** Inserts a connection. */
export async function insertConnection(tx: Writer, connection: ConnectionColumns): Promise<void> {
  await tx.insertInto('connections').values(toRow(connection)).execute()
}

/**
 * Replaces the previous version of a connection. Returns false if the stored version is another
 * one.
 */
export async function replaceConnection(
  tx: Writer,
  connection: ConnectionColumns,
): Promise<boolean> {
  const { id, ...columns } = toRow(connection)
  const { numUpdatedRows } = await tx
    .updateTable('connections')
    .set(columns)
    .where('id', '=', id)
    .where('version', '=', connection.version - 1)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Stores the status of a connection. Returns false if its secrets have changed or were deleted. */
export async function setStatus(
  tx: Writer,
  id: string,
  {
    secretsVersion,
    ...statusColumns
  }: Pick<StoredConnection, 'secretsVersion' | 'status' | 'statusReason'> & {
    readonly testedAt?: number
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('connections')
    .set(statusColumns)
    .where('id', '=', id)
    .where('secretsVersion', '=', secretsVersion)
    .where('encryptedSecrets', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Deletes a connection of this version, with its tokens. Returns false if the stored version is
 * another one.
 */
export async function deleteConnection(
  tx: Writer,
  { id, version }: Pick<StoredConnection, 'id' | 'version'>,
): Promise<boolean> {
  await deleteTokens(tx, id)
  const { numDeletedRows } = await tx
    .deleteFrom('connections')
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Deletes the tokens and consents of a connection, which belong to its previous credentials. */
export async function deleteTokens(tx: Writer, connectionId: string): Promise<void> {
  await tx.deleteFrom('upstreamTokens').where('connectionId', '=', connectionId).execute()
  await tx.deleteFrom('upstreamConsents').where('connectionId', '=', connectionId).execute()
}

function connectionsOf(db: Reader | Writer, integrationId: string) {
  return db
    .selectFrom('connections')
    .leftJoin('organizations', 'organizations.id', 'connections.owner')
    .leftJoin('lastUses', 'lastUses.subjectId', 'connections.id')
    .leftJoin('upstreamTokens', 'upstreamTokens.connectionId', 'connections.id')
    .where('connections.integrationId', '=', integrationId)
    .selectAll('connections')
    .select([
      'organizations.name as organizationName',
      'lastUses.at as usedAt',
      'upstreamTokens.expiresAt as tokenExpiresAt',
    ])
}

type Row = Tables['connections'] & {
  readonly organizationName: string | null
  readonly usedAt: number | null
  readonly tokenExpiresAt: number | null
}

function toConnection(row: Row): StoredConnection {
  const auth = parseSettings(row.auth)
  return {
    id: row.id,
    integrationId: row.integrationId,
    owner: row.owner,
    organizationName: row.organizationName,
    organizationId: row.organizationId,
    kind: auth.kind,
    auth,
    secretNames: parseNames(row.secrets),
    headers: parseHeaders(row.headers),
    encryptedSecrets: row.encryptedSecrets,
    secretsVersion: row.secretsVersion,
    // safe because only this program writes these columns
    status: row.status as ConnectionStatus,
    statusReason: row.statusReason as StatusReason | null,
    expiresAt: row.expiresAt,
    tokenExpiresAt: row.tokenExpiresAt,
    testedAt: row.testedAt,
    lastUsedAt: row.usedAt,
    ...toAuthorship(row),
    version: row.version,
  }
}

function toRow(connection: ConnectionColumns): Tables['connections'] {
  return {
    id: connection.id,
    integrationId: connection.integrationId,
    owner: connection.owner,
    organizationId: connection.organizationId,
    kind: connection.kind,
    auth: JSON.stringify(connection.auth),
    secrets: JSON.stringify(connection.secretNames),
    headers: JSON.stringify(connection.headers),
    encryptedSecrets: connection.encryptedSecrets,
    secretsVersion: connection.secretsVersion,
    status: connection.status,
    statusReason: connection.statusReason,
    expiresAt: connection.expiresAt,
    testedAt: connection.testedAt,
    ...toAuthorshipColumns(connection),
    version: connection.version,
  }
}

function parseNames(json: string): readonly string[] {
  const value: unknown = JSON.parse(json)
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
}
