import type { AuthKind } from '@keyporter/protocol'
import { type Authorship, toAuthorship, toAuthorshipColumns } from '../../kernel/actor.ts'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { type AuthSettings, parseSettings } from './auth-settings.ts'
import { parseHeaders, type StoredHeader } from './headers.ts'

/** The statuses of connections, the worst first. */
export const connectionStatuses = ['needs_attention', 'untested', 'working'] as const
export type ConnectionStatus = (typeof connectionStatuses)[number]

/** Why a connection needs attention. */
export type StatusReason = 'credentials_missing' | 'rejected' | 'consent_required' | 'undecryptable'

/** What a connection belongs to when it serves every organization. */
export const SHARED = 'shared'

/** A connection as it is kept. */
export type StoredConnection = Authorship & {
  readonly id: string
  readonly integrationId: string
  /** An organization's id, or `shared`. */
  readonly holder: string
  /** Of the holder; null for `shared`. */
  readonly organizationName: string | null
  /** Whose key seals the values. */
  readonly organizationId: string
  readonly kind: AuthKind
  /** Its own settings. */
  readonly auth: AuthSettings
  /** The names of the secret fields that are sealed. */
  readonly secrets: readonly string[]
  readonly headers: readonly StoredHeader[]
  /** Null: to be given again. */
  readonly sealed: string | null
  readonly sealedVersion: number
  readonly status: ConnectionStatus
  readonly statusReason: StatusReason | null
  readonly expiresAt: number | null
  readonly tokenExpiresAt: number | null
  readonly testedAt: number | null
  readonly lastUsedAt: number | null
  readonly version: number
}

/** What becomes a row: everything but what other tables know. */
export type ConnectionDraft = Omit<
  StoredConnection,
  'organizationName' | 'tokenExpiresAt' | 'lastUsedAt'
>

/** The connection of a holder; undefined when nobody gave it values. */
export async function findConnection(
  db: Reader | Writer,
  integrationId: string,
  holder: string,
): Promise<StoredConnection | undefined> {
  const row = await connectionsOf(db, integrationId)
    .where('connections.holder', '=', holder)
    .executeTakeFirst()
  return row === undefined ? undefined : toConnection(row)
}

/** Where a connection belongs; undefined when there is none with this id. */
export async function findPlace(
  db: Reader,
  id: string,
): Promise<Pick<StoredConnection, 'integrationId' | 'holder'> | undefined> {
  return db
    .selectFrom('connections')
    .select(['integrationId', 'holder'])
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Why a connection needs attention, if it does; undefined when there is none with this id. */
export async function findStatusReason(db: Reader, id: string): Promise<string | null | undefined> {
  const row = await db
    .selectFrom('connections')
    .select('statusReason')
    .where('id', '=', id)
    .executeTakeFirst()
  return row?.statusReason
}

/** One more than `limit` of an integration's connections: the shared one, then those of organizations. */
export async function selectConnections(
  db: Reader,
  integrationId: string,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly StoredConnection[]> {
  const ownOnes = connectionsOf(db, integrationId)
    .where('connections.holder', '!=', SHARED)
    .$if(after !== undefined && after !== SHARED, (query) =>
      query.where('connections.holder', '>', after ?? ''),
    )
    .orderBy('connections.holder')
    .limit(limit + 1)
  const own = (await ownOnes.execute()).map(toConnection)
  if (after !== undefined) return own
  const shared = await findConnection(db, integrationId, SHARED)
  return shared === undefined ? own : [shared, ...own].slice(0, limit + 1)
}

/** Adds a connection. */
export async function insertConnection(tx: Writer, draft: ConnectionDraft): Promise<void> {
  await tx.insertInto('connections').values(toRow(draft)).execute()
}

/** Writes a new state over the version before it. False when that version is gone. */
export async function replaceConnection(tx: Writer, draft: ConnectionDraft): Promise<boolean> {
  const { id, ...columns } = toRow(draft)
  const { numUpdatedRows } = await tx
    .updateTable('connections')
    .set(columns)
    .where('id', '=', id)
    .where('version', '=', draft.version - 1)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Notes how a connection with these values stands. False when its values are others now. */
export async function setStatus(
  tx: Writer,
  id: string,
  {
    sealedVersion,
    ...standing
  }: Pick<StoredConnection, 'sealedVersion' | 'status' | 'statusReason'> & {
    readonly testedAt?: number
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('connections')
    .set(standing)
    .where('id', '=', id)
    .where('sealedVersion', '=', sealedVersion)
    .where('sealed', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Deletes a connection of this version with its tokens. False when that version is gone. */
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

/** Forgets what was had for values that are no longer those of the connection. */
export async function deleteTokens(tx: Writer, connectionId: string): Promise<void> {
  await tx.deleteFrom('upstreamTokens').where('connectionId', '=', connectionId).execute()
  await tx.deleteFrom('upstreamConsents').where('connectionId', '=', connectionId).execute()
}

function connectionsOf(db: Reader | Writer, integrationId: string) {
  return db
    .selectFrom('connections')
    .leftJoin('organizations', 'organizations.id', 'connections.holder')
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
    holder: row.holder,
    organizationName: row.organizationName,
    organizationId: row.organizationId,
    kind: auth.kind,
    auth,
    secrets: parseNames(row.secrets),
    headers: parseHeaders(row.headers),
    sealed: row.sealed,
    sealedVersion: row.sealedVersion,
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

function toRow(draft: ConnectionDraft): Tables['connections'] {
  return {
    id: draft.id,
    integrationId: draft.integrationId,
    holder: draft.holder,
    organizationId: draft.organizationId,
    kind: draft.kind,
    auth: JSON.stringify(draft.auth),
    secrets: JSON.stringify(draft.secrets),
    headers: JSON.stringify(draft.headers),
    sealed: draft.sealed,
    sealedVersion: draft.sealedVersion,
    status: draft.status,
    statusReason: draft.statusReason,
    expiresAt: draft.expiresAt,
    testedAt: draft.testedAt,
    ...toAuthorshipColumns(draft),
    version: draft.version,
  }
}

function parseNames(json: string): readonly string[] {
  const value: unknown = JSON.parse(json)
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
}
