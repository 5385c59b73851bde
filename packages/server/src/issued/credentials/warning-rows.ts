import type { UsageOutcome } from '@keyporter/contract'
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { bounds, type CredentialWarning, type RecentCalls, warnings } from './warnings.ts'

// Usage writes its counters and last uses by itself; here they are only read.
const accepted = ['valid', 'token_issued'] as const satisfies readonly UsageOutcome[]

const eb = expressionBuilder<Pick<Tables, 'credentials' | 'lastUses'>, 'credentials' | 'lastUses'>()

/** What usage counted of each credential in the last 24 hours; nothing of those that made no call. */
export async function selectRecentCalls(
  db: Reader | Writer,
  organizationId: string,
  { ids, nowMs }: { readonly ids: readonly string[]; readonly nowMs: number },
): Promise<ReadonlyMap<string, RecentCalls>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('usageCounters')
    .select(['credentialId', 'outcome', 'count'])
    .where('organizationId', '=', organizationId)
    .where('credentialId', 'in', ids)
    .where('hour', '>', nowMs - bounds.recentMs)
    .where('permission', '=', '')
    .execute()
  const calls = new Map<string, RecentCalls>()
  for (const { credentialId, outcome, count } of rows) {
    const { all, refused } = calls.get(credentialId) ?? { all: 0, refused: 0 }
    const isRefused = !accepted.some((name) => name === outcome)
    calls.set(credentialId, { all: all + count, refused: refused + (isRefused ? count : 0) })
  }
  return calls
}

/** The rule of `warningsAt`, in SQL, of credentials joined with their last uses; `any`: one of them. */
export function hasWarning(
  warning: CredentialWarning | 'any',
  asked: { readonly organizationId: string; readonly nowMs: number },
): Expression<SqlBool> {
  const isLive = eb.and([
    eb('credentials.revokedAt', 'is', null),
    eb.or([
      eb('credentials.suspendedAt', 'is not', null),
      eb('credentials.expiresAt', '>', asked.nowMs),
    ]),
  ])
  const wanted = warning === 'any' ? warnings : [warning]
  return eb.and([isLive, eb.or(wanted.map((one) => conditions[one](asked)))])
}

type Asked = { readonly organizationId: string; readonly nowMs: number }

const conditions: Readonly<Record<CredentialWarning, (asked: Asked) => Expression<SqlBool>>> = {
  expiring_soon: ({ nowMs }) => {
    const expiresAt = eb.ref('credentials.expiresAt')
    const lifetime = sql`${expiresAt} - ${eb.ref('credentials.createdAt')}`
    const part = sql.lit(bounds.expiresSoonPart)
    return eb.or([
      eb(expiresAt, '<=', nowMs + bounds.expiresSoonMs),
      sql<SqlBool>`(${expiresAt} - ${nowMs}) * ${part} <= ${lifetime}`,
    ])
  },
  never_used: ({ nowMs }) =>
    eb.and([
      eb('lastUses.at', 'is', null),
      eb('credentials.createdAt', '<', nowMs - bounds.neverUsedMs),
    ]),
  unused: ({ nowMs }) => eb('lastUses.at', '<', nowMs - bounds.unusedMs),
  rejected_calls: (asked) => eb('credentials.id', 'in', refusedTooOften(asked)),
}

/**
 * The credentials whose calls were refused too often. It begins with the refused ones, which have an index
 * of their own: they are few beside all that was counted.
 */
function refusedTooOften({ organizationId, nowMs }: Asked) {
  const counters = expressionBuilder<Tables>()
  const sinceMs = nowMs - bounds.recentMs
  return counters
    .selectFrom('usageCounters as refused')
    .select('refused.credentialId')
    .where('refused.organizationId', '=', organizationId)
    .where('refused.hour', '>', sinceMs)
    .where('refused.permission', '=', sql.lit(''))
    .where(
      'refused.outcome',
      'not in',
      accepted.map((name) => sql.lit(name)),
    )
    .groupBy('refused.credentialId')
    .having((refused) =>
      refused(
        sql<number>`sum(${refused.ref('refused.count')}) * ${sql.lit(bounds.deniedPart)}`,
        '>=',
        refused
          .selectFrom('usageCounters as counted')
          .select((part) => part.fn.sum<number>('counted.count').as('all'))
          .whereRef('counted.credentialId', '=', 'refused.credentialId')
          .where('counted.hour', '>', sinceMs)
          .where('counted.permission', '=', ''),
      ),
    )
}
