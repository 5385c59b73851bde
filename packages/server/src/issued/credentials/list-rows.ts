import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { Reader } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { nameKeyOf } from '../../store/text-search.ts'
import { type CredentialFilter, conditionsOf, hasStatus } from './list-conditions.ts'
import { credentialColumns, credentialsOf, type StoredCredential, toCredential } from './rows.ts'
import type { CredentialStatus } from './rules.ts'
import { hasWarning } from './warning-rows.ts'
import { type CredentialWarning, thresholds } from './warnings.ts'

/** The sort keys of a credential list. */
export type SortKey = 'createdAt' | 'name' | 'expiresAt' | 'lastUsedAt'

/** A page of a credential list. */
export type CredentialPage = {
  readonly filter: CredentialFilter
  /** Undefined means every status. */
  readonly statuses: readonly CredentialStatus[] | undefined
  readonly warning: CredentialWarning | 'any' | undefined
  readonly nowMs: number
  readonly sortKey: SortKey
  readonly direction: 'asc' | 'desc'
  /** The position of the last row of the previous page: its sort value and its id. */
  readonly after: { readonly value: string | number; readonly id: string } | undefined
  readonly limit: number
}

/** Selects a page of an organization's credentials, and one more row to detect a next page. */
export async function selectCredentials(
  db: Reader,
  organizationId: string,
  page: CredentialPage,
): Promise<readonly StoredCredential[]> {
  const byExpiry =
    page.sortKey === 'expiresAt' || (await isExpiryFilterSelective(db, organizationId, page))
  const conditions = pageConditions(organizationId, page, byExpiry)
  if (page.sortKey === 'lastUsedAt')
    return selectByLastUse(db, organizationId, { page, conditions })
  const column =
    page.sortKey === 'name' ? eb.ref('credentials.nameKey') : eb.ref(`credentials.${page.sortKey}`)
  const sortColumns = [column, eb.ref('credentials.id')] as const
  if (page.warning === 'unused' && (await isUnusedFilterSelective(db, organizationId, page))) {
    return selectUsed(db, organizationId, { page, conditions, sortColumns })
  }
  const { direction, limit } = page
  const rows = await credentialsOf(db, organizationId)
    .selectAll('credentials')
    .select(credentialColumns)
    .where(eb.and([conditions, isAfterPosition(page, sortColumns)]))
    .orderBy(column, direction)
    .orderBy('credentials.id', direction)
    .limit(limit + 1)
    .execute()
  return rows.map(toCredential)
}

/**
 * Returns the sort value of a credential for the cursor. Never used credentials sort before used ones: their
 * value is below zero, in order of creation.
 */
export function sortValueOf(credential: StoredCredential, key: SortKey): string | number {
  if (key === 'lastUsedAt')
    return credential.lastUse?.at ?? credential.createdAt - NEVER_USED_OFFSET
  return key === 'name' ? nameKeyOf(credential.name) : credential[key]
}

// Larger than any instant in milliseconds: the sort values of never used credentials are negative.
const NEVER_USED_OFFSET = 1e15

// Up to this count, collecting rows by index and sorting them is faster than scanning in sort order.
const FEW_ROWS = 2_000

const eb = expressionBuilder<Pick<Tables, 'credentials' | 'lastUses'>, 'credentials' | 'lastUses'>()

function pageConditions(
  organizationId: string,
  { filter, statuses, warning, nowMs }: CredentialPage,
  byExpiry: boolean,
): Expression<SqlBool> {
  const statusConditions = statuses?.map((status) => hasStatus(status, { nowMs, byExpiry }))
  return eb.and([
    ...conditionsOf(filter, byExpiry),
    ...(statusConditions === undefined ? [] : [eb.or(statusConditions)]),
    ...(warning === undefined ? [] : [hasWarning(warning, { organizationId, nowMs })]),
  ])
}

/** Whether few credentials match the expiry conditions of the page. */
async function isExpiryFilterSelective(
  db: Reader,
  organizationId: string,
  { filter, statuses, nowMs }: CredentialPage,
): Promise<boolean> {
  const { expiresFromMs: from, expiresBeforeMs: before } = filter
  const isExpiredOnly = statuses?.length === 1 && statuses[0] === 'expired'
  if (from === undefined && before === undefined && !isExpiredOnly) return false
  const { count } = await db
    .selectFrom((part) =>
      part
        .selectFrom('credentials')
        .select('id')
        .where('organizationId', '=', organizationId)
        .$if(from !== undefined, (query) => query.where('expiresAt', '>=', from ?? 0))
        .$if(before !== undefined, (query) => query.where('expiresAt', '<', before ?? 0))
        .$if(isExpiredOnly, (query) => query.where('expiresAt', '<=', nowMs))
        .limit(FEW_ROWS + 1)
        .as('some'),
    )
    .select((part) => part.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count <= FEW_ROWS
}

/** Whether few credentials have a last use old enough for the warning `unused`. */
async function isUnusedFilterSelective(
  db: Reader,
  organizationId: string,
  { nowMs }: CredentialPage,
): Promise<boolean> {
  const { count } = await db
    .selectFrom((part) =>
      part
        .selectFrom('lastUses')
        .select('subjectId')
        .where('organizationId', '=', organizationId)
        .where('at', '<', nowMs - thresholds.unusedMs)
        .limit(FEW_ROWS + 1)
        .as('some'),
    )
    .select((part) => part.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count <= FEW_ROWS
}

type SortColumns = readonly [Expression<string | number>, Expression<string>]
type PageQuery = { readonly page: CredentialPage; readonly conditions: Expression<SqlBool> }

const lastUsed: SortColumns = [eb.ref('lastUses.at'), eb.ref('lastUses.subjectId')]

/** Never used credentials are ordered by creation, used ones by last use: two queries, each with an index. */
async function selectByLastUse(
  db: Reader,
  organizationId: string,
  { page, conditions }: PageQuery,
): Promise<readonly StoredCredential[]> {
  const isUsed = typeof page.after?.value === 'number' && page.after.value >= 0
  const isAscending = page.direction === 'asc'
  const first = isAscending ? selectNeverUsed : selectUsed
  const second = isAscending ? selectUsed : selectNeverUsed
  const isInSecond = page.after !== undefined && isUsed === isAscending
  if (isInSecond) return second(db, organizationId, { page, conditions })
  const found = await first(db, organizationId, { page, conditions })
  if (found.length > page.limit) return found
  const rest = { ...page, after: undefined, limit: page.limit - found.length }
  const more = await second(db, organizationId, { page: rest, conditions })
  // A credential that is first used between the two queries is in both results.
  const known = new Set(found.map(({ id }) => id))
  return [...found, ...more.filter(({ id }) => !known.has(id))]
}

/** Selects used credentials through the index of last uses. */
async function selectUsed(
  db: Reader,
  organizationId: string,
  { page, conditions, sortColumns = lastUsed }: PageQuery & { readonly sortColumns?: SortColumns },
): Promise<readonly StoredCredential[]> {
  const [value, id] = sortColumns
  const rows = await db
    .selectFrom('lastUses')
    // SQLite does not reorder the tables of a cross join.
    .crossJoin('credentials')
    .whereRef('credentials.id', '=', 'lastUses.subjectId')
    .where('lastUses.organizationId', '=', organizationId)
    .where('credentials.organizationId', '=', organizationId)
    .selectAll('credentials')
    .select(credentialColumns)
    .where(eb.and([conditions, isAfterPosition(page, sortColumns)]))
    .orderBy(value, page.direction)
    .orderBy(id, page.direction)
    .limit(page.limit + 1)
    .execute()
  return rows.map(toCredential)
}

async function selectNeverUsed(
  db: Reader,
  organizationId: string,
  { page, conditions }: PageQuery,
): Promise<readonly StoredCredential[]> {
  const { after } = page
  const created = after && { id: after.id, value: Number(after.value) + NEVER_USED_OFFSET }
  const sortColumns = [eb.ref('credentials.createdAt'), eb.ref('credentials.id')] as const
  const rows = await credentialsOf(db, organizationId)
    .selectAll('credentials')
    .select(credentialColumns)
    .where('lastUses.subjectId', 'is', null)
    .where(eb.and([conditions, isAfterPosition({ ...page, after: created }, sortColumns)]))
    .orderBy('credentials.createdAt', page.direction)
    .orderBy('credentials.id', page.direction)
    .limit(page.limit + 1)
    .execute()
  return rows.map(toCredential)
}

/** The condition for rows of the next page. */
function isAfterPosition(
  { after, direction }: Pick<CredentialPage, 'after' | 'direction'>,
  [value, id]: SortColumns,
): Expression<SqlBool> {
  if (after === undefined) return eb.and([])
  const sign = sql.raw(direction === 'asc' ? '>' : '<')
  return sql<SqlBool>`(${value}, ${id}) ${sign} (${after.value}, ${after.id})`
}
