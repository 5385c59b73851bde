import type { RecordUse, Use } from '../../kernel/record-use.ts'
import type { Clock } from '../../platform/clock.ts'
import { createUsageAccumulator } from './accumulator.ts'
import { startUsageFlush, type UsageFlush, type UsageFlushDeps } from './flush.ts'

/** Counts uses and writes the counts once a second. */
export type Usage = UsageFlush & {
  /** Counts a use at the current time. Takes about 100 ns and does not block. */
  readonly record: RecordUse
  /** Records a last use at the current time, without counting it. */
  readonly recordLastUse: (subject: Use['credential']) => void
}

/** Creates the usage feature and starts its flush timer. */
export function createUsage({
  clock,
  ...deps
}: Omit<UsageFlushDeps, 'accumulator'> & { readonly clock: Clock }): Usage {
  const accumulator = createUsageAccumulator()
  return {
    ...startUsageFlush({ ...deps, accumulator }),
    record: (use) => accumulator.record(use, clock.now()),
    recordLastUse: (subject) => accumulator.recordLastUse(subject, clock.now()),
  }
}
