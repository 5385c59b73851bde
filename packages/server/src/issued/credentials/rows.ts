import type { Environment } from '@keyporter/protocol'
import { type ActorReference, parseActorReference } from '../../kernel/actor.ts'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import type { CredentialKind } from './rules.ts'

/** Time and address of the last use; null when never used. */
export type LastUse = { readonly at: number; readonly ip: string } | null

/** A credential as stored. */
export type StoredCredential = {
  readonly id: string
  readonly organizationId: string
  readonly apiId: string
  readonly clientId: string
  readonly name: string
  readonly notes: string
  readonly environment: Environment
  readonly kind: CredentialKind
  /** Empty for full access. */
  readonly permissions: readonly string[]
  readonly createdAt: number
  readonly createdBy: ActorReference
  readonly updatedAt: number
  readonly expiresAt: number
  readonly suspendedAt: number | null
  readonly revokedAt: number | null
  readonly revokedBy: ActorReference | null
  readonly revokedReason: string | null
  readonly version: number
  readonly lastUse: LastUse
}

/** The public columns of a secret. */
export type StoredSecret = {
  readonly id: string
  readonly credentialId: string
  readonly hint: string
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  readonly lastUse: LastUse
}

/** A row of `credentials` joined with its last use. */
export type CredentialRow = Tables['credentials'] & {
  readonly usedAt: number | null
  readonly usedFrom: string | null
}

/** Starts a query for the credentials of an organization, joined with their last uses. */
export function credentialsOf(db: Reader | Writer, organizationId: string) {
  return db
    .selectFrom('credentials')
    .leftJoin('lastUses', 'lastUses.subjectId', 'credentials.id')
    .where('credentials.organizationId', '=', organizationId)
}

/** The columns of a {@link CredentialRow} beside those of `credentials`. */
export const credentialColumns = ['lastUses.at as usedAt', 'lastUses.ip as usedFrom'] as const

/** Returns a credential of the organization; undefined when it does not exist. */
export async function findCredential(
  db: Reader | Writer,
  organizationId: string,
  id: string,
): Promise<StoredCredential | undefined> {
  const row = await credentialsOf(db, organizationId)
    .selectAll('credentials')
    .select(credentialColumns)
    .where('credentials.id', '=', id)
    .executeTakeFirst()
  return row === undefined ? undefined : toCredential(row)
}

/** Returns the secrets of credentials, oldest first. */
export async function selectSecrets(
  db: Reader | Writer,
  organizationId: string,
  credentialIds: readonly string[],
): Promise<readonly StoredSecret[]> {
  if (credentialIds.length === 0) return []
  const rows = await db
    .selectFrom('credentialSecrets')
    .leftJoin('lastUses', 'lastUses.subjectId', 'credentialSecrets.id')
    .select([
      'credentialSecrets.id',
      'credentialId',
      'hint',
      'createdAt',
      'expiresAt',
      'revokedAt',
      'lastUses.at as usedAt',
      'lastUses.ip as usedFrom',
    ])
    .where('credentialSecrets.organizationId', '=', organizationId)
    .where('credentialId', 'in', credentialIds)
    .orderBy('createdAt')
    .orderBy('credentialSecrets.id')
    .execute()
  return rows.map(({ usedAt, usedFrom, ...secret }) => ({
    ...secret,
    lastUse: toLastUse(usedAt, usedFrom),
  }))
}

/** Inserts a credential and its first secret. */
export async function insertCredentialRows(
  tx: Writer,
  credential: Tables['credentials'],
  secret: Tables['credentialSecrets'],
): Promise<void> {
  await tx.insertInto('credentials').values(credential).execute()
  await tx.insertInto('credentialSecrets').values(secret).execute()
}

/** The columns that an update can change. */
export type CredentialUpdate = Pick<
  Tables['credentials'],
  'name' | 'nameKey' | 'notes' | 'expiresAt' | 'permissions' | 'updatedAt'
>

/**
 * Updates a credential that has the given version and is not revoked. Returns false otherwise: of concurrent
 * updates only one succeeds.
 */
export async function updateCredentialRow(
  tx: Writer,
  { organizationId, id, version }: Pick<StoredCredential, 'organizationId' | 'id' | 'version'>,
  update: CredentialUpdate,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('credentials')
    .set({ ...update, version: version + 1 })
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('version', '=', version)
    .where('revokedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Actor, time and reason of a revocation. */
export type Revocation = {
  readonly at: number
  readonly by: ActorReference
  readonly reason: string | null
  /** The required version; undefined for any. */
  readonly ifVersion: number | undefined
}

/**
 * Revokes a credential that is not revoked yet. Returns the updated row, or undefined: of concurrent revocations
 * only one succeeds.
 */
export async function markRevoked(
  tx: Writer,
  organizationId: string,
  id: string,
  { at, by, reason, ifVersion }: Revocation,
): Promise<Tables['credentials'] | undefined> {
  return tx
    .updateTable('credentials')
    .set((eb) => ({
      revokedAt: at,
      revokedByType: by.type,
      revokedById: by.id,
      revokedByName: by.name,
      revokedReason: reason,
      updatedAt: at,
      version: eb('version', '+', 1),
    }))
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .$if(ifVersion !== undefined, (query) => query.where('version', '=', ifVersion ?? 0))
    .returningAll()
    .executeTakeFirst()
}

/** Converts a row. */
export function toCredential(row: CredentialRow): StoredCredential {
  return {
    id: row.id,
    organizationId: row.organizationId,
    apiId: row.apiId,
    clientId: row.clientId,
    name: row.name,
    notes: row.notes,
    environment: row.environment === 'test' ? 'test' : 'production',
    kind: row.kind === 'full_access' ? 'full_access' : 'scoped',
    permissions: parseNames(row.permissions),
    createdAt: row.createdAt,
    createdBy: parseActorReference(row.createdByType, row.createdById, row.createdByName),
    updatedAt: row.updatedAt,
    expiresAt: row.expiresAt,
    suspendedAt: row.suspendedAt,
    revokedAt: row.revokedAt,
    revokedBy:
      row.revokedByType === null
        ? null
        : parseActorReference(row.revokedByType, row.revokedById, row.revokedByName ?? ''),
    revokedReason: row.revokedReason,
    version: row.version,
    lastUse: toLastUse(row.usedAt, row.usedFrom),
  }
}

function toLastUse(at: number | null, ip: string | null): LastUse {
  return at === null ? null : { at, ip: ip ?? '' }
}

function parseNames(json: string): readonly string[] {
  const value: unknown = JSON.parse(json)
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
}
