import type { ChangeKind } from '@keyporter/contract'
import { sql } from 'kysely'
import type { Reader, Writer } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'
import { ciphertextPrefix, type EncryptionContext } from './envelope.ts'

/** A column with ciphertexts, and the encryption context of its rows. */
export type EncryptedColumn = {
  readonly table: keyof Tables
  readonly column: string
  /** The primary key of the table; also `record` of the encryption context. */
  readonly id: string
  readonly field: string
  /** The column with the organization id; undefined for data of the installation. */
  readonly organization?: string
  /** The column with the version of the encryption context. Without one the version is 1. */
  readonly version?: string
  /** The change that invalidates caches of the row. */
  readonly change?: ChangeKind
}

/** Columns that are encrypted under the root key. */
export const rootColumns: readonly EncryptedColumn[] = [
  { table: 'settings', column: 'value', id: 'name', field: 'settings' },
  { table: 'signingKeys', column: 'encryptedPrivateKey', id: 'kid', field: 'signing_key' },
  {
    table: 'organizationKeys',
    column: 'encryptedKey',
    id: 'id',
    field: 'organization_key',
    organization: 'organizationId',
  },
]

const ofOrganization = { organization: 'organizationId' } as const

/**
 * Columns that are encrypted under organization keys. The data of a column that is missing here is
 * lost with the next key rotation.
 */
export const organizationColumns: readonly EncryptedColumn[] = [
  {
    table: 'integrations',
    column: 'encryptedHeaders',
    id: 'id',
    field: 'headers',
    version: 'headersVersion',
    change: 'integration.changed',
    ...ofOrganization,
  },
  {
    table: 'connections',
    column: 'encryptedSecrets',
    id: 'id',
    field: 'values',
    version: 'secretsVersion',
    change: 'connection.changed',
    ...ofOrganization,
  },
  {
    table: 'upstreamTokens',
    column: 'encryptedToken',
    id: 'connectionId',
    field: 'token',
    version: 'version',
    change: 'upstream_token.changed',
    ...ofOrganization,
  },
  {
    table: 'upstreamTokens',
    column: 'encryptedRefreshToken',
    id: 'connectionId',
    field: 'refresh',
    version: 'version',
    change: 'upstream_token.changed',
    ...ofOrganization,
  },
  {
    table: 'upstreamConsents',
    column: 'encryptedVerifier',
    id: 'digest',
    field: 'verifier',
    ...ofOrganization,
  },
  {
    table: 'totpSecrets',
    column: 'encryptedSecret',
    id: 'memberId',
    field: 'totp_secret',
    ...ofOrganization,
  },
  {
    table: 'totpSecrets',
    column: 'encryptedPendingSecret',
    id: 'memberId',
    field: 'totp_secret',
    ...ofOrganization,
  },
]

/** A ciphertext and its encryption context. */
export type EncryptedValue = { readonly ciphertext: string; readonly context: EncryptionContext }

/** Selects ciphertexts by key, of one organization or of all. */
export type KeyFilter = { readonly keyId: string; readonly organizationId?: string | undefined }

/** Returns ciphertexts under a key in the order of their record ids, after the given id. */
export async function selectEncryptedWith(
  db: Reader,
  column: EncryptedColumn,
  { after, limit, ...filter }: KeyFilter & { readonly after: string; readonly limit: number },
): Promise<readonly EncryptedValue[]> {
  const { id, organization, version } = column
  const rows = await db
    .selectFrom(rowsOf(column))
    .select([
      sql.ref<string>(id).as('record'),
      (organization === undefined ? sql.lit('installation') : sql.ref<string>(organization)).as(
        'organization',
      ),
      (version === undefined ? sql.lit(1) : sql.ref<number>(version)).as('version'),
      sql.ref<string>(column.column).as('ciphertext'),
    ])
    .where(isEncryptedWith(column, filter))
    .where(sql<boolean>`${sql.ref(id)} > ${after}`)
    .orderBy(sql.ref(id))
    .limit(limit)
    .execute()
  return rows.map(({ ciphertext, ...context }) => ({
    ciphertext,
    context: { ...context, field: column.field },
  }))
}

/** Returns the number of ciphertexts of a column under a key. */
export async function countEncryptedWith(
  db: Reader | Writer,
  column: EncryptedColumn,
  filter: KeyFilter,
): Promise<number> {
  const { count } = await db
    .selectFrom(rowsOf(column))
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where(isEncryptedWith(column, filter))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Returns the number of ciphertexts under a root key. */
export async function countEncryptedWithRootKey(
  db: Reader | Writer,
  keyId: string,
): Promise<number> {
  let count = 0
  for (const column of rootColumns) count += await countEncryptedWith(db, column, { keyId })
  return count
}

/** Returns whether an organization key still encrypts any column. */
export async function isKeyInUse(
  db: Reader | Writer,
  filter: { readonly keyId: string; readonly organizationId: string },
): Promise<boolean> {
  for (const column of organizationColumns)
    if ((await countEncryptedWith(db, column, filter)) > 0) return true
  return false
}

/** Replaces a ciphertext. Returns false when the stored ciphertext was changed in the meantime. */
export async function replaceCiphertext(
  tx: Writer,
  column: EncryptedColumn,
  { context, ciphertext, replacement }: EncryptedValue & { readonly replacement: string },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`update ${sql.table(column.table)}
    set ${sql.ref(column.column)} = ${replacement}
    where ${sql.ref(column.id)} = ${context.record} and ${sql.ref(column.column)} = ${ciphertext}`.execute(
    tx,
  )
  return numAffectedRows > 0n
}

function rowsOf({ table }: EncryptedColumn) {
  return sql<Record<never, never>>`${sql.table(table)}`.as('stored')
}

function isEncryptedWith(
  { column, organization }: EncryptedColumn,
  { keyId, organizationId }: KeyFilter,
) {
  const prefix = ciphertextPrefix(keyId)
  const hasPrefix = sql<boolean>`substr(${sql.ref(column)}, 1, ${sql.lit(prefix.length)}) = ${prefix}`
  if (organizationId === undefined || organization === undefined) return hasPrefix
  return sql<boolean>`${sql.ref(organization)} = ${organizationId} and ${hasPrefix}`
}
