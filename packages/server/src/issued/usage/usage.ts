import type { Clock } from '../../platform/clock.ts'
import { createUsageAccumulator, type Use } from './accumulator.ts'
import { startUsageFlush, type UsageFlush, type UsageFlushDeps } from './flush.ts'

/** Counts uses as they happen, and writes the counts once a second. */
export type Usage = UsageFlush & {
  /** Counts a use, now. Costs the caller some 100 ns, and no wait. */
  readonly record: (use: Use) => void
  /** Notes that something was used, now, without counting it. */
  readonly recordLastUse: (subject: Use['credential']) => void
}

/** Starts counting. */
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
