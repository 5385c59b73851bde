import { type Expression, type ExpressionBuilder, sql, type SqlBool } from 'kysely'
import type { Environment } from '@keyporter/protocol'
import { parseClientId } from '@keyporter/protocol'
import { beginningWith, containing, isLike, isLikeInLowerCase, listing } from '../store/like.ts'
import type { Reader } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'
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
}

/** What a list can be sorted by. */
export type SortKey = 'createdAt' | 'name' | 'expiresAt' | 'lastUsedAt'

/** Which credentials, and where the page begins. */
export type CredentialPage = {
  readonly filter: CredentialFilter
  readonly status: CredentialStatus | undefined
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
  { filter, status, nowMs, key, direction, after, limit }: CredentialPage,
): Promise<readonly StoredCredential[]> {
  const rows = await credentialsOf(db, organizationId)
    .selectAll('credentials')
    .select(credentialColumns)
    .where((eb) => eb.and(conditionsOf(eb, filter)))
    .$if(status !== undefined, (query) =>
      query.where((eb) => hasStatus(eb, status ?? 'active', nowMs)),
    )
    .$if(after !== undefined, (query) =>
      query.where((eb) => {
        const sign = sql.raw(direction === 'asc' ? '>' : '<')
        const place = sql`(${sortValue(eb, key)}, ${eb.ref('credentials.id')})`
        return sql<SqlBool>`${place} ${sign} (${after?.value}, ${after?.id})`
      }),
    )
    .orderBy((eb) => sortValue(eb, key), direction)
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
  const row = await db
    .selectFrom('credentials')
    .leftJoin('lastUses', 'lastUses.subjectId', 'credentials.id')
    .where('credentials.organizationId', '=', organizationId)
    .where((eb) => eb.and(conditionsOf(eb, filter)))
    .select((eb) => {
      const count = (status: CredentialStatus) =>
        eb.fn.count<number>(
          eb
            .case()
            .when(hasStatus(eb, status, nowMs))
            .then(1)
            .end(),
        )
      return [
        count('active').as('active'),
        count('suspended').as('suspended'),
        count('expired').as('expired'),
        count('revoked').as('revoked'),
      ]
    })
    .executeTakeFirstOrThrow()
  return row
}

/** Where in the order a credential stands. One that was never used stands before all that were. */
export function sortValueOf(credential: StoredCredential, key: SortKey): string | number {
  if (key === 'lastUsedAt') return credential.lastUse?.at ?? NEVER
  return key === 'name' ? nameKeyOf(credential.name) : credential[key]
}

const NEVER = 0

type Builder = ExpressionBuilder<
  Pick<Tables, 'credentials'> & {
    lastUses: { [K in keyof Tables['lastUses']]: Tables['lastUses'][K] | null }
  },
  'credentials' | 'lastUses'
>

function sortValue(eb: Builder, key: SortKey): Expression<string | number | null> {
  if (key === 'lastUsedAt') return eb.fn.coalesce('lastUses.at', eb.lit(NEVER))
  return eb.ref(key === 'name' ? 'credentials.nameKey' : `credentials.${key}`)
}

/** The rule of `statusAt`, in SQL. */
function hasStatus(eb: Builder, status: CredentialStatus, nowMs: number): Expression<SqlBool> {
  if (status === 'revoked') return eb('credentials.revokedAt', 'is not', null)
  const notRevoked = eb('credentials.revokedAt', 'is', null)
  if (status === 'suspended') {
    return eb.and([notRevoked, eb('credentials.suspendedAt', 'is not', null)])
  }
  return eb.and([
    notRevoked,
    eb('credentials.suspendedAt', 'is', null),
    eb('credentials.expiresAt', status === 'expired' ? '<=' : '>', nowMs),
  ])
}

function conditionsOf(eb: Builder, filter: CredentialFilter): Expression<SqlBool>[] {
  const { q, environment, kind, apiId, permission } = filter
  return [
    ...(environment === undefined ? [] : [eb('credentials.environment', '=', environment)]),
    ...(kind === undefined ? [] : [eb('credentials.kind', '=', kind)]),
    ...(apiId === undefined ? [] : [eb('credentials.apiId', '=', apiId)]),
    ...(permission === undefined ? [] : [holds(eb, permission)]),
    ...(q === undefined || q === '' ? [] : [matches(eb, q)]),
  ]
}

function holds(
  eb: Builder,
  { name, apiIds }: NonNullable<CredentialFilter['permission']>,
): Expression<SqlBool> {
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
function matches(eb: Builder, q: string): Expression<SqlBool> {
  if (parseClientId(q) !== undefined) return eb('credentials.clientId', '=', q)
  return eb.or([
    isLike(eb.ref('credentials.nameKey'), containing(nameKeyOf(q))),
    isLikeInLowerCase(eb.ref('credentials.notes'), containing(q.normalize('NFC'))),
    isLike(eb.ref('credentials.clientId'), beginningWith(q)),
  ])
}
