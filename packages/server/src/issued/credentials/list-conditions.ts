import { type Environment, parseClientId } from '@keyporter/protocol'
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { Tables } from '../../store/tables.ts'
import {
  containsPattern,
  isLike,
  isLikeIgnoringCase,
  jsonListPattern,
  nameKeyOf,
  prefixPattern,
} from '../../store/text-search.ts'
import type { CredentialKind, CredentialStatus } from './rules.ts'

/** The filters of a credential list. Undefined means no filter. */
export type CredentialFilter = {
  readonly q: string | undefined
  readonly environment: Environment | undefined
  readonly kind: CredentialKind | undefined
  readonly apiId: string | undefined
  /** A permission, and the APIs that define it: full-access credentials of these APIs have it too. */
  readonly permission: { readonly name: string; readonly apiIds: readonly string[] } | undefined
  readonly createdById: string | undefined
  readonly expiresFromMs: number | undefined
  /** Exclusive. */
  readonly expiresBeforeMs: number | undefined
}

const eb = expressionBuilder<Pick<Tables, 'credentials'>, 'credentials'>()

/** The rule of `statusAt` in SQL. See {@link conditionsOf} for `byExpiry`. */
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

/** The unary plus keeps SQLite from using the expiry index, which would sort all rows for a single page. */
function expiry(byExpiry: boolean): Expression<number> {
  const column = eb.ref('credentials.expiresAt')
  return byExpiry ? column : sql<number>`+${column}`
}

/**
 * Returns the SQL conditions of a filter. `byExpiry` allows the use of the expiry index: for lists sorted by
 * expiry, and for filters that few rows match.
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
    ...(permission === undefined ? [] : [hasPermission(permission)]),
    ...(q === undefined || q === '' ? [] : [matches(q)]),
  ]
}

function hasPermission({
  name,
  apiIds,
}: NonNullable<CredentialFilter['permission']>): Expression<SqlBool> {
  if (apiIds.length === 0) return sql<SqlBool>`1 = 0`
  return eb.and([
    eb('credentials.apiId', 'in', apiIds),
    eb.or([
      eb('credentials.kind', '=', 'full_access'),
      isLike(eb.ref('credentials.permissions'), jsonListPattern(name)),
    ]),
  ])
}

/** Matches a complete client id exactly; other text as part of a name or note, or as a client id prefix. */
function matches(q: string): Expression<SqlBool> {
  if (parseClientId(q) !== undefined) return eb('credentials.clientId', '=', q)
  return eb.or([
    isLike(eb.ref('credentials.nameKey'), containsPattern(nameKeyOf(q))),
    isLikeIgnoringCase(eb.ref('credentials.notes'), containsPattern(q.normalize('NFC'))),
    isLike(eb.ref('credentials.clientId'), prefixPattern(q)),
  ])
}
