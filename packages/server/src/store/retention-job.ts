import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../platform/clock.ts'
import { type Job, type JobDeps, startJob } from '../platform/jobs.ts'
import type { Writer } from './open.ts'
import { type RetentionRule, retentionRules } from './retention.ts'

const HOUR_MS = 3_600_000
const BATCH = 1_000

/** What housekeeping needs. */
export type RetentionJobDeps = {
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  readonly clock: Clock
}

/**
 * Starts the hourly deletion of what has served its time, one per process; gives back how to stop it.
 * Several nodes may do it at once: they delete the same.
 */
export function startRetentionJob(deps: RetentionJobDeps & JobDeps): () => Promise<void> {
  return startJob(createRetentionJob(deps), deps).stop
}

/**
 * The hourly job that deletes what has served its time, in small transactions between which others get
 * their turn. Audit events and credentials are never among it.
 */
export function createRetentionJob({ writeUnaudited, clock }: RetentionJobDeps): Job {
  return {
    name: 'housekeeping',
    everyMs: HOUR_MS,
    run: async (signal) => {
      for (const kind of retentionRules) await deleteAll(kind, signal)
    },
  }

  async function deleteAll(kind: RetentionRule, signal: AbortSignal): Promise<void> {
    const beforeMs = clock.now() - kind.retentionMs
    while (!signal.aborted) {
      const deleted = await writeUnaudited((tx) => kind.deleteBatch(tx, beforeMs, BATCH))
      if (deleted < BATCH) return
      await nextTurn()
    }
  }
}
