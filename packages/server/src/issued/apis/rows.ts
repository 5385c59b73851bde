import { isSigningAlgorithm, type SigningAlgorithm } from '@keyporter/protocol'
import type { Position } from '../../kernel/paging.ts'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import {
  beginningWith,
  containing,
  isLike,
  isLikeInLowerCase,
  listing,
} from '../../store/text-search.ts'
import { type Operation, type PermissionRow, scopesOf } from './rules.ts'

/** An api without its operations, which can be many. */
export type ApiSummary = {
  readonly id: string
  /** Its owner, the operator. */
  readonly organizationId: string
  readonly slug: string
  readonly name: string
  /** The audience of its tokens. */
  readonly identifier: string
  /** Whether it is the one that protects the management API itself. */
  readonly builtIn: boolean
  readonly permissions: readonly PermissionRow[]
  /** Every scope of the table, in its order. */
  readonly scopes: readonly string[]
  readonly tokenTtlSeconds: number
  readonly signingAlgorithm: SigningAlgorithm
  /** The organizations it is granted to; null: every one. */
  readonly grantedTo: readonly string[] | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly version: number
}

/** Everything about an api. */
export type StoredApi = ApiSummary & { readonly operations: readonly Operation[] }

/** What a list is narrowed to. */
export type ApiFilter = {
  readonly q: string | undefined
  readonly slug: string | undefined
  readonly limit: number
  readonly after: Position | undefined
}

const summaryColumns = [
  'id',
  'organizationId',
  'slug',
  'name',
  'identifier',
  'builtIn',
  'permissions',
  'tokenTtlSeconds',
  'signingAlgorithm',
  'grantedTo',
  'createdAt',
  'updatedAt',
  'version',
] as const

/** One more than `limit` of the apis that an organization may use, oldest first. */
export async function selectGranted(
  db: Reader | Writer,
  organizationId: string,
  { q, slug, limit, after }: ApiFilter,
): Promise<readonly ApiSummary[]> {
  const rows = await grantedQuery(db, organizationId)
    .$if(slug !== undefined, (query) => query.where('slug', '=', slug ?? ''))
    .$if(q !== undefined, (query) =>
      query.where((eb) => {
        const pattern = containing(q ?? '')
        return eb.or([
          isLikeInLowerCase(eb.ref('name'), pattern),
          isLikeInLowerCase(eb.ref('slug'), pattern),
          isLikeInLowerCase(eb.ref('identifier'), pattern),
        ])
      }),
    )
    .$if(after !== undefined, (query) =>
      query.where((eb) =>
        eb(eb.refTuple('createdAt', 'id'), '>', eb.tuple(Number(after?.[0]), String(after?.[1]))),
      ),
    )
    .orderBy('createdAt')
    .orderBy('id')
    .limit(limit + 1)
    .execute()
  return rows.map(toSummary)
}

/** The api with this id, where the organization may use it. */
export async function selectApiSummary(
  db: Reader | Writer,
  organizationId: string,
  id: string,
): Promise<ApiSummary | undefined> {
  const row = await grantedQuery(db, organizationId).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : toSummary(row)
}

/** As {@link selectApiSummary}, with its operations. */
export async function selectApi(
  db: Reader | Writer,
  organizationId: string,
  id: string,
): Promise<StoredApi | undefined> {
  const row = await grantedQuery(db, organizationId)
    .select('operations')
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? undefined : toStoredApi(row)
}

/** The api with this id, whoever it is granted to: for verification, which starts from a credential. */
export async function readApi(db: Reader | Writer, id: string): Promise<StoredApi | undefined> {
  const row = await db.selectFrom('apis').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : toStoredApi(row)
}

/** The apis with these ids, whoever they are granted to: for what their credentials show. */
export async function readApiSummaries(
  db: Reader | Writer,
  ids: readonly string[],
): Promise<readonly ApiSummary[]> {
  if (ids.length === 0) return []
  const rows = await db.selectFrom('apis').select(summaryColumns).where('id', 'in', ids).execute()
  return rows.map(toSummary)
}

/** Every api. */
export async function selectAllApis(db: Reader | Writer): Promise<readonly ApiSummary[]> {
  const rows = await db.selectFrom('apis').select(summaryColumns).execute()
  return rows.map(toSummary)
}

/** The one built-in api; undefined before set-up. */
export async function selectBuiltInApi(db: Reader | Writer): Promise<StoredApi | undefined> {
  const row = await db.selectFrom('apis').selectAll().where('builtIn', '=', 1).executeTakeFirst()
  return row === undefined ? undefined : toStoredApi(row)
}

/** The id of the api with this identifier, whoever it belongs to. */
export async function findIdByIdentifier(
  db: Reader | Writer,
  identifier: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('apis')
    .select('id')
    .where('identifier', '=', identifier)
    .executeTakeFirst()
  return row?.id
}

/** The slugs that begin with this one. */
export async function selectSlugsLike(tx: Writer, slug: string): Promise<ReadonlySet<string>> {
  const rows = await tx
    .selectFrom('apis')
    .select('slug')
    .where((eb) => isLike(eb.ref('slug'), beginningWith(slug)))
    .execute()
  return new Set(rows.map((row) => row.slug))
}

/** Adds an api. */
export async function insertApi(tx: Writer, api: StoredApi): Promise<void> {
  await tx.insertInto('apis').values(toRow(api)).execute()
}

/** Writes an api over the version it was made from. False when that is no longer the present one. */
export async function replaceApi(tx: Writer, api: StoredApi, version: number): Promise<boolean> {
  const { id, organizationId, createdAt: _, ...rest } = toRow(api)
  const { numUpdatedRows } = await tx
    .updateTable('apis')
    .set(rest)
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

function grantedQuery(db: Reader | Writer, organizationId: string) {
  return db
    .selectFrom('apis')
    .select(summaryColumns)
    .where((eb) =>
      eb.or([
        eb('grantedTo', 'is', null),
        eb('organizationId', '=', organizationId),
        isLike(eb.ref('grantedTo'), listing(organizationId)),
      ]),
    )
}

function toRow({ scopes: _, ...api }: StoredApi): Tables['apis'] {
  return {
    ...api,
    builtIn: api.builtIn ? 1 : 0,
    permissions: JSON.stringify(api.permissions),
    operations: JSON.stringify(api.operations),
    grantedTo: api.grantedTo === null ? null : JSON.stringify(api.grantedTo),
  }
}

type SummaryRow = Omit<Tables['apis'], 'operations'>

function toStoredApi(row: Tables['apis']): StoredApi {
  return { ...toSummary(row), operations: readOperations(row.operations) }
}

function toSummary(row: SummaryRow): ApiSummary {
  const permissions = readTable(row.permissions)
  return {
    id: row.id,
    organizationId: row.organizationId,
    slug: row.slug,
    name: row.name,
    identifier: row.identifier,
    builtIn: row.builtIn === 1,
    permissions,
    scopes: scopesOf(permissions),
    tokenTtlSeconds: row.tokenTtlSeconds,
    signingAlgorithm: readAlgorithm(row.signingAlgorithm),
    grantedTo: row.grantedTo === null ? null : readNames(row.grantedTo),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  }
}

// The three readers take the text at its word: toRow alone writes these columns, from these very types.
function readTable(json: string): readonly PermissionRow[] {
  return JSON.parse(json)
}

function readOperations(json: string): readonly Operation[] {
  return JSON.parse(json)
}

function readNames(json: string): readonly string[] {
  return JSON.parse(json)
}

function readAlgorithm(text: string): SigningAlgorithm {
  if (isSigningAlgorithm(text)) return text
  throw new TypeError('An api has an unknown signing algorithm')
}
