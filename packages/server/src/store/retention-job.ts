import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../platform/clock.ts'
import { type Job, type JobDeps, startJob } from '../platform/jobs.ts'
import type { Writer } from './open.ts'
import { type RetentionRule, retentionRules } from './retention-rules.ts'

const HOUR_MS = 3_600_000
const ROWS_PER_DELETE = 1_000

/** The dependencies of {@link createRetentionJob}. */
export type RetentionJobDeps = {
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  readonly clock: Clock
}

/**
 * Starts the hourly deletion of expired rows. Returns a function that stops the job. Several nodes
 * can run it at once, because the deletions are idempotent.
 */
export function startRetentionJob(deps: RetentionJobDeps & JobDeps): () => Promise<void> {
  return startJob(createRetentionJob(deps), deps).stop
}

/**
 * Creates the hourly job that deletes expired rows, in small transactions, so that other
 * writers do not wait long. Audit events and credentials are never deleted.
 */
export function createRetentionJob({ writeUnaudited, clock }: RetentionJobDeps): Job {
  return {
    name: 'retention',
    everyMs: HOUR_MS,
    run: async (signal) => {
      for (const rule of retentionRules) await deleteExpired(rule, signal)
    },
  }

  async function deleteExpired(rule: RetentionRule, signal: AbortSignal): Promise<void> {
    const beforeMs = clock.now() - rule.retentionMs
    while (!signal.aborted) {
      const deleted = await writeUnaudited((tx) => rule.deleteBatch(tx, beforeMs, ROWS_PER_DELETE))
      if (deleted < ROWS_PER_DELETE) return
      await nextTurn()
    }
  }
}
