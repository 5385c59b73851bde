import type { ChangeKind } from '@keyporter/contract'
import { sql } from 'kysely'
import type { Reader, Writer } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'
import { type SealedPlace, sealedPrefix } from './envelope.ts'

/** A column with sealed values, and where the value of a row is sealed. */
export type SealedColumn = {
  readonly table: keyof Tables
  readonly column: string
  /** The key of the table: also the record in the place. */
  readonly id: string
  readonly field: string
  /** The column with the organization; undefined for what belongs to the installation. */
  readonly organization?: string
  /** The column with the version; 1 where there is none. */
  readonly version?: string
  /** What tells caches that a row reads differently. */
  readonly change?: ChangeKind
}

/** Sealed under the root key. */
export const rootColumns: readonly SealedColumn[] = [
  { table: 'settings', column: 'value', id: 'name', field: 'settings' },
  { table: 'signingKeys', column: 'sealedPrivateKey', id: 'kid', field: 'signing_key' },
  {
    table: 'organizationKeys',
    column: 'sealedKey',
    id: 'id',
    field: 'organization_key',
    organization: 'organizationId',
  },
]

const ofOrganization = { organization: 'organizationId' } as const

/** Sealed under the keys of organizations. A column that is not here is lost with the next rotation. */
export const organizationColumns: readonly SealedColumn[] = [
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
    column: 'sealedSecret',
    id: 'memberId',
    field: 'totp_secret',
    ...ofOrganization,
  },
  {
    table: 'totpSecrets',
    column: 'sealedPending',
    id: 'memberId',
    field: 'totp_secret',
    ...ofOrganization,
  },
]

/** A sealed value, and where it stands. */
export type SealedValue = { readonly sealed: string; readonly place: SealedPlace }

/** Which values of a column are meant: those under a key, of one organization or of all. */
export type UnderKey = { readonly keyId: string; readonly organizationId?: string | undefined }

/** Values under a key, in the order of their rows, after the given one. */
export async function selectUnderKey(
  db: Reader,
  column: SealedColumn,
  { after, limit, ...under }: UnderKey & { readonly after: string; readonly limit: number },
): Promise<readonly SealedValue[]> {
  const { id, organization, version } = column
  const rows = await db
    .selectFrom(rowsOf(column))
    .select([
      sql.ref<string>(id).as('record'),
      (organization === undefined ? sql.lit('installation') : sql.ref<string>(organization)).as(
        'organization',
      ),
      (version === undefined ? sql.lit(1) : sql.ref<number>(version)).as('version'),
      sql.ref<string>(column.column).as('sealed'),
    ])
    .where(isUnder(column, under))
    .where(sql<boolean>`${sql.ref(id)} > ${after}`)
    .orderBy(sql.ref(id))
    .limit(limit)
    .execute()
  return rows.map(({ sealed, ...place }) => ({ sealed, place: { ...place, field: column.field } }))
}

/** How many values of a column are under a key. */
export async function countUnderKey(
  db: Reader | Writer,
  column: SealedColumn,
  under: UnderKey,
): Promise<number> {
  const { count } = await db
    .selectFrom(rowsOf(column))
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where(isUnder(column, under))
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** How many values are under a root key. */
export async function countUnderRootKey(db: Reader | Writer, keyId: string): Promise<number> {
  let count = 0
  for (const column of rootColumns) count += await countUnderKey(db, column, { keyId })
  return count
}

/** Whether anything is under a key of an organization. */
export async function isKeyInUse(
  db: Reader | Writer,
  under: { readonly keyId: string; readonly organizationId: string },
): Promise<boolean> {
  for (const column of organizationColumns)
    if ((await countUnderKey(db, column, under)) > 0) return true
  return false
}

/** Puts another text into the place of a sealed value. False when it is no longer what it was. */
export async function replaceSealed(
  tx: Writer,
  column: SealedColumn,
  { place, sealed, by }: SealedValue & { readonly by: string },
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`update ${sql.table(column.table)}
    set ${sql.ref(column.column)} = ${by}
    where ${sql.ref(column.id)} = ${place.record} and ${sql.ref(column.column)} = ${sealed}`.execute(
    tx,
  )
  return numAffectedRows > 0n
}

function rowsOf({ table }: SealedColumn) {
  return sql<Record<never, never>>`${sql.table(table)}`.as('stored')
}

function isUnder({ column, organization }: SealedColumn, { keyId, organizationId }: UnderKey) {
  const prefix = sealedPrefix(keyId)
  const isThere = sql<boolean>`substr(${sql.ref(column)}, 1, ${sql.lit(prefix.length)}) = ${prefix}`
  if (organizationId === undefined || organization === undefined) return isThere
  return sql<boolean>`${sql.ref(organization)} = ${organizationId} and ${isThere}`
}
