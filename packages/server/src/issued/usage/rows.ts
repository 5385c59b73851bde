import { sql } from 'kysely'
import type { Reader, Writer } from '../../store/open.ts'
import type { LastUse, UsageCount } from './accumulator.ts'

/** Adds to the counters in one statement. */
export async function addCounts(tx: Writer, rows: readonly UsageCount[]): Promise<void> {
  await tx
    .insertInto('usageCounters')
    .values([...rows])
    .onConflict((conflict) =>
      conflict
        .columns(['credentialId', 'hour', 'outcome', 'permission'])
        .doUpdateSet((eb) => ({ count: eb('usageCounters.count', '+', eb.ref('excluded.count')) })),
    )
    .execute()
}

/** Records last uses in one statement. A later use, recorded by another node, is kept. */
export async function upsertLastUses(tx: Writer, rows: readonly LastUse[]): Promise<void> {
  await tx
    .insertInto('lastUses')
    .values([...rows])
    .onConflict((conflict) =>
      conflict
        .column('subjectId')
        .doUpdateSet((eb) => ({ at: eb.ref('excluded.at'), ip: eb.ref('excluded.ip') }))
        .whereRef('lastUses.at', '<=', 'excluded.at'),
    )
    .execute()
}

/** The number of uses within one step of a report. */
export type UsageSum = {
  readonly start: number
  readonly outcome: string
  readonly permission: string
  readonly count: number
}

/** Sums the counters of a credential by steps of `stepMs`, a multiple of an hour. */
export async function sumUsage(
  db: Reader,
  organizationId: string,
  input: {
    readonly credentialId: string
    readonly fromMs: number
    readonly toMs: number
    readonly stepMs: number
  },
): Promise<readonly UsageSum[]> {
  return db
    .selectFrom('usageCounters')
    .select([
      sql<number>`hour - hour % ${sql.lit(input.stepMs)}`.as('start'),
      'outcome',
      'permission',
      sql<number>`cast(sum(count) as bigint)`.as('count'),
    ])
    .where('organizationId', '=', organizationId)
    .where('credentialId', '=', input.credentialId)
    .where('hour', '>=', input.fromMs)
    .where('hour', '<', input.toMs)
    .groupBy(['start', 'outcome', 'permission'])
    .orderBy('start')
    .execute()
}
