import { type Environment, parseClientId } from '@keyporter/protocol'
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { Tables } from '../../store/tables.ts'
import {
  beginningWith,
  containing,
  isLike,
  isLikeInLowerCase,
  listing,
  nameKeyOf,
} from '../../store/text-search.ts'
import type { CredentialKind, CredentialStatus } from './rules.ts'

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

const eb = expressionBuilder<Pick<Tables, 'credentials'>, 'credentials'>()

/** The rule of `statusAt`, in SQL. */
export function hasStatus(
  status: CredentialStatus,
  { nowMs, byExpiry }: { readonly nowMs: number; readonly byExpiry: boolean },
): Expression<SqlBool> {
  if (status === 'revoked') return eb('credentials.revokedAt', 'is not', null)
  const notRevoked = eb('credentials.revokedAt', 'is', null)
  if (status === 'suspended') {
    return eb.and([notRevoked, eb('credentials.suspendedAt', 'is not', null)])
  }
  return eb.and([
    notRevoked,
    eb('credentials.suspendedAt', 'is', null),
    eb(expiry(byExpiry), status === 'expired' ? '<=' : '>', nowMs),
  ])
}

/** Without the sign SQLite collects all by the index of expiries, and sorts them, for one page. */
function expiry(byExpiry: boolean): Expression<number> {
  const column = eb.ref('credentials.expiresAt')
  return byExpiry ? column : sql<number>`+${column}`
}

/**
 * What a filter asks of credentials. `byExpiry`: whether the index of expiries may lead, because they are
 * sorted by it or few are left.
 */
export function conditionsOf(filter: CredentialFilter, byExpiry: boolean): Expression<SqlBool>[] {
  const { q, environment, kind, apiId, permission } = filter
  const { createdById, expiresFromMs, expiresBeforeMs } = filter
  return [
    ...(createdById === undefined ? [] : [eb('credentials.createdById', '=', createdById)]),
    ...(expiresFromMs === undefined ? [] : [eb(expiry(byExpiry), '>=', expiresFromMs)]),
    ...(expiresBeforeMs === undefined ? [] : [eb(expiry(byExpiry), '<', expiresBeforeMs)]),
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
