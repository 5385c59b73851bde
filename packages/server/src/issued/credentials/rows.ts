import type { Environment } from '@keyporter/protocol'
import { type ActorReference, parseActorReference } from '../../kernel/actor.ts'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import type { CredentialKind } from './rules.ts'

/** When and from where something was last used; null when never. */
export type LastUse = { readonly at: number; readonly ip: string } | null

/** A credential as it is kept. */
export type StoredCredential = {
  readonly id: string
  readonly organizationId: string
  readonly apiId: string
  readonly clientId: string
  readonly name: string
  readonly notes: string
  readonly environment: Environment
  readonly kind: CredentialKind
  /** Its own list, empty for full access. */
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

/** What may be shown of a secret. */
export type StoredSecret = {
  readonly id: string
  readonly credentialId: string
  readonly hint: string
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
  readonly lastUse: LastUse
}

/** A row of `credentials` with its last use beside it. */
export type CredentialRow = Tables['credentials'] & {
  readonly usedAt: number | null
  readonly usedFrom: string | null
}

/** Credentials of an organization with their last use. */
export function credentialsOf(db: Reader | Writer, organizationId: string) {
  return db
    .selectFrom('credentials')
    .leftJoin('lastUses', 'lastUses.subjectId', 'credentials.id')
    .where('credentials.organizationId', '=', organizationId)
}

/** The columns of a {@link CredentialRow}. */
export const credentialColumns = ['lastUses.at as usedAt', 'lastUses.ip as usedFrom'] as const

/** The credential with this id; undefined when the organization has none such. */
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

/** The secrets of credentials, oldest first. */
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

/** Adds a credential and its first secret. */
export async function insertCredentialRows(
  tx: Writer,
  credential: Tables['credentials'],
  secret: Tables['credentialSecrets'],
): Promise<void> {
  await tx.insertInto('credentials').values(credential).execute()
  await tx.insertInto('credentialSecrets').values(secret).execute()
}

/** What may change of a credential. */
export type CredentialUpdate = Pick<
  Tables['credentials'],
  'name' | 'nameKey' | 'notes' | 'expiresAt' | 'permissions' | 'updatedAt'
>

/**
 * Changes a credential that still has this version and is not revoked. False otherwise: of two racing
 * changes one wins.
 */
export async function updateCredentialRow(
  tx: Writer,
  { organizationId, id, version }: Pick<StoredCredential, 'organizationId' | 'id' | 'version'>,
  amendment: CredentialUpdate,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('credentials')
    .set({ ...amendment, version: version + 1 })
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('version', '=', version)
    .where('revokedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** By whom, when and why a credential is revoked. */
export type Revocation = {
  readonly at: number
  readonly by: ActorReference
  readonly reason: string | null
  /** The only version that may be revoked; undefined: any. */
  readonly ifVersion: number | undefined
}

/**
 * Revokes a credential that is not revoked yet. The credential afterwards, or undefined: of racing
 * revocations one wins.
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

/** A row as the rest of the noun knows it. */
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
