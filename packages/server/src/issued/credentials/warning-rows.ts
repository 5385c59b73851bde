import type { UsageOutcome } from '@keyporter/contract'
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { type CredentialWarning, type RecentRequests, thresholds, warnings } from './warnings.ts'

// The usage feature writes usageCounters and lastUses; this file only reads them.
const accepted = ['valid', 'token_issued'] as const satisfies readonly UsageOutcome[]

const eb = expressionBuilder<Pick<Tables, 'credentials' | 'lastUses'>, 'credentials' | 'lastUses'>()

/** Returns the requests with each credential in the last 24 hours. Credentials without requests are missing. */
export async function selectRecentRequests(
  db: Reader | Writer,
  organizationId: string,
  { ids, nowMs }: { readonly ids: readonly string[]; readonly nowMs: number },
): Promise<ReadonlyMap<string, RecentRequests>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('usageCounters')
    .select(['credentialId', 'outcome', 'count'])
    .where('organizationId', '=', organizationId)
    .where('credentialId', 'in', ids)
    .where('hour', '>', nowMs - thresholds.recentMs)
    .where('permission', '=', '')
    .execute()
  const requests = new Map<string, RecentRequests>()
  for (const { credentialId, outcome, count } of rows) {
    const { all, rejected } = requests.get(credentialId) ?? { all: 0, rejected: 0 }
    const isRejected = !accepted.some((name) => name === outcome)
    requests.set(credentialId, { all: all + count, rejected: rejected + (isRejected ? count : 0) })
  }
  return requests
}

/** The rules of `warningsAt` in SQL, for credentials joined with `lastUses`. `any` matches every warning. */
export function hasWarning(
  warning: CredentialWarning | 'any',
  scope: { readonly organizationId: string; readonly nowMs: number },
): Expression<SqlBool> {
  const isUsable = eb.and([
    eb('credentials.revokedAt', 'is', null),
    eb.or([
      eb('credentials.suspendedAt', 'is not', null),
      eb('credentials.expiresAt', '>', scope.nowMs),
    ]),
  ])
  const wanted = warning === 'any' ? warnings : [warning]
  return eb.and([isUsable, eb.or(wanted.map((one) => conditions[one](scope)))])
}

type Scope = { readonly organizationId: string; readonly nowMs: number }

const conditions: Readonly<Record<CredentialWarning, (scope: Scope) => Expression<SqlBool>>> = {
  expiring_soon: ({ nowMs }) => {
    const expiresAt = eb.ref('credentials.expiresAt')
    const lifetime = sql`${expiresAt} - ${eb.ref('credentials.createdAt')}`
    const divisor = sql.lit(thresholds.expiringSoonDivisor)
    return eb.or([
      eb(expiresAt, '<=', nowMs + thresholds.expiringSoonMs),
      sql<SqlBool>`(${expiresAt} - ${nowMs}) * ${divisor} <= ${lifetime}`,
    ])
  },
  never_used: ({ nowMs }) =>
    eb.and([
      eb('lastUses.at', 'is', null),
      eb('credentials.createdAt', '<', nowMs - thresholds.neverUsedMs),
    ]),
  unused: ({ nowMs }) => eb('lastUses.at', '<', nowMs - thresholds.unusedMs),
  rejected_requests: (scope) => eb('credentials.id', 'in', rejectedTooOften(scope)),
}

/**
 * Selects the credentials with too many rejected requests. The query starts from the rejected requests, which are few
 * and have a partial index.
 */
function rejectedTooOften({ organizationId, nowMs }: Scope) {
  const counters = expressionBuilder<Tables>()
  const sinceMs = nowMs - thresholds.recentMs
  return counters
    .selectFrom('usageCounters as rejected')
    .select('rejected.credentialId')
    .where('rejected.organizationId', '=', organizationId)
    .where('rejected.hour', '>', sinceMs)
    .where('rejected.permission', '=', sql.lit(''))
    .where(
      'rejected.outcome',
      'not in',
      accepted.map((name) => sql.lit(name)),
    )
    .groupBy('rejected.credentialId')
    .having((rejected) =>
      rejected(
        sql<number>`sum(${rejected.ref('rejected.count')}) * ${sql.lit(thresholds.rejectedDivisor)}`,
        '>=',
        rejected
          .selectFrom('usageCounters as counted')
          .select((part) => part.fn.sum<number>('counted.count').as('all'))
          .whereRef('counted.credentialId', '=', 'rejected.credentialId')
          .where('counted.hour', '>', sinceMs)
          .where('counted.permission', '=', ''),
      ),
    )
}
