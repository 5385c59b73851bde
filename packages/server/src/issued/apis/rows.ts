import { isSigningAlgorithm, type SigningAlgorithm } from '@keyporter/protocol'
import type { Position } from '../../kernel/paging.ts'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import {
  containsPattern,
  isLike,
  isLikeIgnoringCase,
  jsonListPattern,
  prefixPattern,
} from '../../store/text-search.ts'
import { type Operation, type PermissionRow, scopesOf } from './rules.ts'

/** An API without its operations, which can be many. */
export type ApiSummary = {
  readonly id: string
  /** The owner: the operator's organization. */
  readonly organizationId: string
  readonly slug: string
  readonly name: string
  /** The `aud` claim of its tokens. */
  readonly identifier: string
  /** Whether this is the built-in API, which protects the management API. */
  readonly builtIn: boolean
  readonly permissions: readonly PermissionRow[]
  /** All scopes of the permission table, in its order. */
  readonly scopes: readonly string[]
  readonly tokenTtlSeconds: number
  readonly signingAlgorithm: SigningAlgorithm
  /** The organizations that can use the API; null for all. */
  readonly grantedTo: readonly string[] | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly version: number
}

/** An API with its operations. */
export type StoredApi = ApiSummary & { readonly operations: readonly Operation[] }

/** The filters and page of an API list. */
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

/** Selects a page of the APIs that an organization can use, oldest first, and one more row to detect a next page. */
export async function selectGranted(
  db: Reader | Writer,
  organizationId: string,
  { q, slug, limit, after }: ApiFilter,
): Promise<readonly ApiSummary[]> {
  const rows = await grantedQuery(db, organizationId)
    .$if(slug !== undefined, (query) => query.where('slug', '=', slug ?? ''))
    .$if(q !== undefined, (query) =>
      query.where((eb) => {
        const pattern = containsPattern(q ?? '')
        return eb.or([
          isLikeIgnoringCase(eb.ref('name'), pattern),
          isLikeIgnoringCase(eb.ref('slug'), pattern),
          isLikeIgnoringCase(eb.ref('identifier'), pattern),
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

/** Returns an API that the organization can use, without its operations. */
export async function selectApiSummary(
  db: Reader | Writer,
  organizationId: string,
  id: string,
): Promise<ApiSummary | undefined> {
  const row = await grantedQuery(db, organizationId).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : toSummary(row)
}

/** Returns an API that the organization can use. */
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

/** Returns an API by its id, regardless of its grants. For verification, which starts from a credential. */
export async function readApi(db: Reader | Writer, id: string): Promise<StoredApi | undefined> {
  const row = await db.selectFrom('apis').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : toStoredApi(row)
}

/** Returns APIs by their ids, regardless of their grants. For the resources of their credentials. */
export async function readApiSummaries(
  db: Reader | Writer,
  ids: readonly string[],
): Promise<readonly ApiSummary[]> {
  if (ids.length === 0) return []
  const rows = await db.selectFrom('apis').select(summaryColumns).where('id', 'in', ids).execute()
  return rows.map(toSummary)
}

/** Returns all APIs. */
export async function selectAllApis(db: Reader | Writer): Promise<readonly ApiSummary[]> {
  const rows = await db.selectFrom('apis').select(summaryColumns).execute()
  return rows.map(toSummary)
}

/** Returns the built-in API; undefined before setup. */
export async function selectBuiltInApi(db: Reader | Writer): Promise<StoredApi | undefined> {
  const row = await db.selectFrom('apis').selectAll().where('builtIn', '=', 1).executeTakeFirst()
  return row === undefined ? undefined : toStoredApi(row)
}

/** Returns the id of the API with an identifier, regardless of its grants. */
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

/** Returns all slugs with a prefix. */
export async function selectSlugsLike(tx: Writer, slug: string): Promise<ReadonlySet<string>> {
  const rows = await tx
    .selectFrom('apis')
    .select('slug')
    .where((eb) => isLike(eb.ref('slug'), prefixPattern(slug)))
    .execute()
  return new Set(rows.map((row) => row.slug))
}

/** Inserts an API. */
export async function insertApi(tx: Writer, api: StoredApi): Promise<void> {
  await tx.insertInto('apis').values(toRow(api)).execute()
}

/** Replaces an API that has the given version. Returns false when the version has changed. */
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
        isLike(eb.ref('grantedTo'), jsonListPattern(organizationId)),
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

// The three readers do not validate: only toRow writes these columns, from the same types.
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
  throw new TypeError('An API has an unknown signing algorithm')
}
