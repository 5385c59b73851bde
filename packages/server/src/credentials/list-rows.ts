import { type Environment, parseClientId } from '@keyporter/protocol'
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import { beginningWith, containing, isLike, isLikeInLowerCase, listing } from '../store/like.ts'
import type { Reader } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'
import type { Attention } from './attention.ts'
import { needsAttention } from './attention-rows.ts'
import { credentialColumns, credentialsOf, type StoredCredential, toCredential } from './rows.ts'
import { type CredentialKind, type CredentialStatus, nameKeyOf } from './rules.ts'

/** What a list is narrowed to; undefined: not at all. */
export type CredentialFilter = {
  readonly q: string | undefined
  readonly environment: Environment | undefined
  readonly kind: CredentialKind | undefined
  readonly apiId: string | undefined
  /** A permission, and the apis that list it: full access to one of these holds it. */
  readonly permission: { readonly name: string; readonly apiIds: readonly string[] } | undefined
  readonly createdById: string | undefined
  readonly expiresFromMs: number | undefined
  /** Exclusive. */
  readonly expiresBeforeMs: number | undefined
}

/** What a list can be sorted by. */
export type SortKey = 'createdAt' | 'name' | 'expiresAt' | 'lastUsedAt'

/** Which credentials, and where the page begins. */
export type CredentialPage = {
  readonly filter: CredentialFilter
  /** Any of these; undefined: any at all. */
  readonly statuses: readonly CredentialStatus[] | undefined
  readonly attention: Attention | 'any' | undefined
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
  { filter, statuses, attention, nowMs, key, direction, after, limit }: CredentialPage,
): Promise<readonly StoredCredential[]> {
  const rows = await credentialsOf(db, organizationId)
    .selectAll('credentials')
    .select(credentialColumns)
    .where(eb.and(conditionsOf(filter, key)))
    .$if(statuses !== undefined, (query) =>
      query.where(eb.or((statuses ?? []).map((status) => hasStatus(status, { nowMs, key })))),
    )
    .$if(attention !== undefined, (query) =>
      query.where(needsAttention(attention ?? 'any', { organizationId, nowMs })),
    )
    .$if(after !== undefined, (query) => {
      const sign = sql.raw(direction === 'asc' ? '>' : '<')
      const place = sql`(${sortValue(key)}, ${eb.ref('credentials.id')})`
      return query.where(sql<SqlBool>`${place} ${sign} (${after?.value}, ${after?.id})`)
    })
    .orderBy(sortValue(key), direction)
    .orderBy('credentials.id', direction)
    .limit(limit + 1)
    .execute()
  return rows.map(toCredential)
}

/** How many credentials of each status there are. */
export async function countByStatus(
  db: Reader,
  organizationId: string,
  { filter, nowMs }: Pick<CredentialPage, 'filter' | 'nowMs'>,
): Promise<Readonly<Record<CredentialStatus, number>>> {
  const count = (status: CredentialStatus) => {
    const has = hasStatus(status, { nowMs, key: 'createdAt' })
    return eb.fn.count<number>(eb.case().when(has).then(1).end())
  }
  return db
    .selectFrom('credentials')
    .where('credentials.organizationId', '=', organizationId)
    .where(eb.and(conditionsOf(filter, 'createdAt')))
    .select([
      count('active').as('active'),
      count('suspended').as('suspended'),
      count('expired').as('expired'),
      count('revoked').as('revoked'),
    ])
    .executeTakeFirstOrThrow()
}

/** How many credentials have each attention, and how many any. */
export async function countByAttention(
  db: Reader,
  organizationId: string,
  { filter, nowMs }: Pick<CredentialPage, 'filter' | 'nowMs'>,
): Promise<Readonly<Record<Attention | 'any', number>>> {
  const count = (attention: Attention | 'any') => {
    const has = needsAttention(attention, { organizationId, nowMs })
    return eb.fn.count<number>(eb.case().when(has).then(1).end())
  }
  const counted = await credentialsOf(db, organizationId)
    .where(eb.and(conditionsOf(filter, 'createdAt')))
    .select([
      count('any').as('any'),
      count('expires_soon').as('expiresSoon'),
      count('never_used').as('neverUsed'),
      count('unused').as('unused'),
      count('denied_calls').as('deniedCalls'),
    ])
    .executeTakeFirstOrThrow()
  return {
    any: counted.any,
    expires_soon: counted.expiresSoon,
    never_used: counted.neverUsed,
    unused: counted.unused,
    denied_calls: counted.deniedCalls,
  }
}

/** Where in the order a credential stands. One that was never used stands before all that were. */
export function sortValueOf(credential: StoredCredential, key: SortKey): string | number {
  if (key === 'lastUsedAt') return credential.lastUse?.at ?? NEVER
  return key === 'name' ? nameKeyOf(credential.name) : credential[key]
}

const NEVER = 0

// Conditions are written once for both queries; only the list joins last uses.
const eb = expressionBuilder<Pick<Tables, 'credentials' | 'lastUses'>, 'credentials' | 'lastUses'>()

function sortValue(key: SortKey): Expression<string | number | null> {
  if (key === 'lastUsedAt') return eb.fn.coalesce('lastUses.at', eb.lit(NEVER))
  return eb.ref(key === 'name' ? 'credentials.nameKey' : `credentials.${key}`)
}

/** The rule of `statusAt`, in SQL. */
function hasStatus(
  status: CredentialStatus,
  { nowMs, key }: Pick<CredentialPage, 'nowMs' | 'key'>,
): Expression<SqlBool> {
  if (status === 'revoked') return eb('credentials.revokedAt', 'is not', null)
  const notRevoked = eb('credentials.revokedAt', 'is', null)
  if (status === 'suspended') {
    return eb.and([notRevoked, eb('credentials.suspendedAt', 'is not', null)])
  }
  return eb.and([
    notRevoked,
    eb('credentials.suspendedAt', 'is', null),
    eb(expiryBeside(key), status === 'expired' ? '<=' : '>', nowMs),
  ])
}

/** The sign keeps SQLite from collecting all by the index of expiries, and sorting them, for one page. */
function expiryBeside(key: SortKey): Expression<number> {
  const expiry = eb.ref('credentials.expiresAt')
  return key === 'expiresAt' ? expiry : sql<number>`+${expiry}`
}

function conditionsOf(filter: CredentialFilter, key: SortKey): Expression<SqlBool>[] {
  const { q, environment, kind, apiId, permission } = filter
  const { createdById, expiresFromMs, expiresBeforeMs } = filter
  return [
    ...(createdById === undefined ? [] : [eb('credentials.createdById', '=', createdById)]),
    ...(expiresFromMs === undefined ? [] : [eb(expiryBeside(key), '>=', expiresFromMs)]),
    ...(expiresBeforeMs === undefined ? [] : [eb(expiryBeside(key), '<', expiresBeforeMs)]),
    ...(environment === undefined ? [] : [eb('credentials.environment', '=', environment)]),
    ...(kind === undefined ? [] : [eb('credentials.kind', '=', kind)]),
    ...(apiId === undefined ? [] : [eb('credentials.apiId', '=', apiId)]),
    ...(permission === undefined ? [] : [holds(permission)]),
    ...(q === undefined || q === '' ? [] : [matches(q)]),
  ]
}

function holds({ name, apiIds }: NonNullable<CredentialFilter['permission']>): Expression<SqlBool> {
  if (apiIds.length === 0) return sql<SqlBool>`1 = 0`
  return eb.and([
    eb('credentials.apiId', 'in', apiIds),
    eb.or([
      eb('credentials.kind', '=', 'full_access'),
      isLike(eb.ref('credentials.permissions'), listing(name)),
    ]),
  ])
}

/** A whole client id is looked up; anything else is looked for in names, notes and client ids’ beginnings. */
function matches(q: string): Expression<SqlBool> {
  if (parseClientId(q) !== undefined) return eb('credentials.clientId', '=', q)
  return eb.or([
    isLike(eb.ref('credentials.nameKey'), containing(nameKeyOf(q))),
    isLikeInLowerCase(eb.ref('credentials.notes'), containing(q.normalize('NFC'))),
    isLike(eb.ref('credentials.clientId'), beginningWith(q)),
  ])
}
