import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { Reader } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { nameKeyOf } from '../../store/text-search.ts'
import { type CredentialFilter, conditionsOf, hasStatus } from './list-conditions.ts'
import { credentialColumns, credentialsOf, type StoredCredential, toCredential } from './rows.ts'
import type { CredentialStatus } from './rules.ts'
import { hasWarning } from './warning-rows.ts'
import { bounds, type CredentialWarning } from './warnings.ts'

/** What a list can be sorted by. */
export type SortKey = 'createdAt' | 'name' | 'expiresAt' | 'lastUsedAt'

/** Which credentials, and where the page begins. */
export type CredentialPage = {
  readonly filter: CredentialFilter
  /** Any of these; undefined: any at all. */
  readonly statuses: readonly CredentialStatus[] | undefined
  readonly warning: CredentialWarning | 'any' | undefined
  readonly nowMs: number
  readonly key: SortKey
  readonly direction: 'asc' | 'desc'
  readonly after: { readonly value: string | number; readonly id: string } | undefined
  readonly limit: number
}

/** One more than `limit` of an organization's credentials. */
export async function selectCredentials(
  db: Reader,
  organizationId: string,
  page: CredentialPage,
): Promise<readonly StoredCredential[]> {
  const byExpiry = page.key === 'expiresAt' || (await fewExpire(db, organizationId, page))
  const narrowed = narrowing(organizationId, page, byExpiry)
  if (page.key === 'lastUsedAt') return selectByLastUse(db, organizationId, { page, narrowed })
  const column =
    page.key === 'name' ? eb.ref('credentials.nameKey') : eb.ref(`credentials.${page.key}`)
  const place = [column, eb.ref('credentials.id')] as const
  if (page.warning === 'unused' && (await fewUnused(db, organizationId, page))) {
    return selectUsed(db, organizationId, { page, narrowed, place })
  }
  const { direction, limit } = page
  const rows = await credentialsOf(db, organizationId)
    .selectAll('credentials')
    .select(credentialColumns)
    .where(eb.and([narrowed, beyond(page, place)]))
    .orderBy(column, direction)
    .orderBy('credentials.id', direction)
    .limit(limit + 1)
    .execute()
  return rows.map(toCredential)
}

/**
 * Where in the order a credential stands. One that was never used stands before all that were: below zero,
 * in the order of creation.
 */
export function sortValueOf(credential: StoredCredential, key: SortKey): string | number {
  if (key === 'lastUsedAt') return credential.lastUse?.at ?? credential.createdAt - NEVER
  return key === 'name' ? nameKeyOf(credential.name) : credential[key]
}

// More than any instant.
const NEVER = 1e15

// So many are collected and sorted sooner than they are sought among all.
const FEW = 2_000

const eb = expressionBuilder<Pick<Tables, 'credentials' | 'lastUses'>, 'credentials' | 'lastUses'>()

function narrowing(
  organizationId: string,
  { filter, statuses, warning, nowMs }: CredentialPage,
  byExpiry: boolean,
): Expression<SqlBool> {
  const having = statuses?.map((status) => hasStatus(status, { nowMs, byExpiry }))
  return eb.and([
    ...conditionsOf(filter, byExpiry),
    ...(having === undefined ? [] : [eb.or(having)]),
    ...(warning === undefined ? [] : [hasWarning(warning, { organizationId, nowMs })]),
  ])
}

/** Whether what is asked for expires within a time in which few do. */
async function fewExpire(
  db: Reader,
  organizationId: string,
  { filter, statuses, nowMs }: CredentialPage,
): Promise<boolean> {
  const { expiresFromMs: from, expiresBeforeMs: before } = filter
  const isOver = statuses?.length === 1 && statuses[0] === 'expired'
  if (from === undefined && before === undefined && !isOver) return false
  const { count } = await db
    .selectFrom((part) =>
      part
        .selectFrom('credentials')
        .select('id')
        .where('organizationId', '=', organizationId)
        .$if(from !== undefined, (query) => query.where('expiresAt', '>=', from ?? 0))
        .$if(before !== undefined, (query) => query.where('expiresAt', '<', before ?? 0))
        .$if(isOver, (query) => query.where('expiresAt', '<=', nowMs))
        .limit(FEW + 1)
        .as('some'),
    )
    .select((part) => part.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count <= FEW
}

/** Whether few last uses lie so long ago that their credentials count as unused. */
async function fewUnused(
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
        .where('at', '<', nowMs - bounds.unusedMs)
        .limit(FEW + 1)
        .as('some'),
    )
    .select((part) => part.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count <= FEW
}

type Place = readonly [Expression<string | number>, Expression<string>]
type Narrowed = { readonly page: CredentialPage; readonly narrowed: Expression<SqlBool> }

const lastUsed: Place = [eb.ref('lastUses.at'), eb.ref('lastUses.subjectId')]

/** Those that were never used have an order of their own, and an index; so have last uses. */
async function selectByLastUse(
  db: Reader,
  organizationId: string,
  { page, narrowed }: Narrowed,
): Promise<readonly StoredCredential[]> {
  const isUsed = typeof page.after?.value === 'number' && page.after.value >= 0
  const isAscending = page.direction === 'asc'
  const first = isAscending ? selectUnused : selectUsed
  const second = isAscending ? selectUsed : selectUnused
  const isInSecond = page.after !== undefined && isUsed === isAscending
  if (isInSecond) return second(db, organizationId, { page, narrowed })
  const found = await first(db, organizationId, { page, narrowed })
  if (found.length > page.limit) return found
  const rest = { ...page, after: undefined, limit: page.limit - found.length }
  const more = await second(db, organizationId, { page: rest, narrowed })
  // What was used for the first time in between stands in both.
  const known = new Set(found.map(({ id }) => id))
  return [...found, ...more.filter(({ id }) => !known.has(id))]
}

/** Those that were used, led by their last uses. */
async function selectUsed(
  db: Reader,
  organizationId: string,
  { page, narrowed, place = lastUsed }: Narrowed & { readonly place?: Place },
): Promise<readonly StoredCredential[]> {
  const [value, id] = place
  const rows = await db
    .selectFrom('lastUses')
    // In SQLite a cross join keeps the order of its tables.
    .crossJoin('credentials')
    .whereRef('credentials.id', '=', 'lastUses.subjectId')
    .where('lastUses.organizationId', '=', organizationId)
    .where('credentials.organizationId', '=', organizationId)
    .selectAll('credentials')
    .select(credentialColumns)
    .where(eb.and([narrowed, beyond(page, place)]))
    .orderBy(value, page.direction)
    .orderBy(id, page.direction)
    .limit(page.limit + 1)
    .execute()
  return rows.map(toCredential)
}

async function selectUnused(
  db: Reader,
  organizationId: string,
  { page, narrowed }: Narrowed,
): Promise<readonly StoredCredential[]> {
  const { after } = page
  const created = after && { id: after.id, value: Number(after.value) + NEVER }
  const place = [eb.ref('credentials.createdAt'), eb.ref('credentials.id')] as const
  const rows = await credentialsOf(db, organizationId)
    .selectAll('credentials')
    .select(credentialColumns)
    .where('lastUses.subjectId', 'is', null)
    .where(eb.and([narrowed, beyond({ ...page, after: created }, place)]))
    .orderBy('credentials.createdAt', page.direction)
    .orderBy('credentials.id', page.direction)
    .limit(page.limit + 1)
    .execute()
  return rows.map(toCredential)
}

/** What stands after the place where the page begins. */
function beyond(
  { after, direction }: Pick<CredentialPage, 'after' | 'direction'>,
  [value, id]: Place,
): Expression<SqlBool> {
  if (after === undefined) return eb.and([])
  const sign = sql.raw(direction === 'asc' ? '>' : '<')
  return sql<SqlBool>`(${value}, ${id}) ${sign} (${after.value}, ${after.id})`
}
