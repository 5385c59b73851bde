import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../platform/clock.ts'
import { type Job, type JobDeps, startJob } from '../platform/jobs.ts'
import type { Writer } from './open.ts'
import { type Leftovers, leftovers } from './retention.ts'

const HOUR_MS = 3_600_000
const BATCH = 1_000

/** What housekeeping needs. */
export type HousekeepingDeps = {
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  readonly clock: Clock
}

/**
 * Starts the hourly deletion of what has served its time, one per process; gives back how to stop it.
 * Several nodes may do it at once: they delete the same.
 */
export function startHousekeeping(deps: HousekeepingDeps & JobDeps): () => Promise<void> {
  return startJob(housekeeping(deps), deps).stop
}

/**
 * The hourly job that deletes what has served its time, in small transactions between which others get
 * their turn. Audit events and credentials are never among it.
 */
export function housekeeping({ writeUnaudited, clock }: HousekeepingDeps): Job {
  return {
    name: 'housekeeping',
    everyMs: HOUR_MS,
    run: async (signal) => {
      for (const kind of leftovers) await deleteAll(kind, signal)
    },
  }

  async function deleteAll(kind: Leftovers, signal: AbortSignal): Promise<void> {
    const beforeMs = clock.now() - kind.keptMs
    while (!signal.aborted) {
      const deleted = await writeUnaudited((tx) => kind.deleteSome(tx, beforeMs, BATCH))
      if (deleted < BATCH) return
      await nextTurn()
    }
  }
}
