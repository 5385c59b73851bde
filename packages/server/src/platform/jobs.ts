import type { Timers } from './clock.ts'
import type { Log } from './log.ts'
import { type Random, randomFraction } from './random.ts'

/** Work that runs periodically. */
export type Job = {
  readonly name: string
  readonly everyMs: number
  /** The delay after a failed run; `everyMs` unless given. */
  readonly retryMs?: number
  /** Performs a run. Must check `signal` between its steps and return early when it is aborted. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** The dependencies of {@link startJob}. */
export type JobDeps = { readonly log: Log; readonly timers: Timers; readonly random: Random }

/** A running job. */
export type RunningJob = {
  /** Starts a run now, or right after the current one. */
  readonly runSoon: () => void
  /** Aborts the current run, waits for it, and starts no further ones. */
  readonly stop: () => Promise<void>
}

const JITTER = 0.2

/**
 * Runs a job periodically. Runs never overlap. The first one starts within a tenth of the interval.
 * Each later one starts `everyMs` after the end of the previous run, plus or minus a tenth: the
 * jitter spreads nodes that start together. Logs failed runs. Does not keep the process alive.
 */
export function startJob(
  { name, everyMs, retryMs = everyMs, run }: Job,
  { log, timers, random }: JobDeps,
): RunningJob {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let isRequested = false
  let cancel = (): void => undefined

  const runOnce = async (): Promise<number> => {
    try {
      await run(stopping.signal)
      return everyMs
    } catch (cause) {
      if (!stopping.signal.aborted) log.fault(new Error(`The job ${name} failed`, { cause }))
      return retryMs
    }
  }
  const start = async (): Promise<void> => {
    cancel()
    let afterMs: number
    do {
      isRequested = false
      afterMs = await runOnce()
    } while (isRequested && !stopping.signal.aborted)
    running = undefined
    schedule(afterMs * (1 - JITTER / 2 + randomFraction(random) * JITTER))
  }
  const schedule = (afterMs: number): void => {
    if (stopping.signal.aborted) return
    cancel = timers.after(afterMs, () => {
      running = start()
    })
  }
  schedule(everyMs * 0.1 * randomFraction(random))
  return {
    runSoon: () => {
      if (stopping.signal.aborted) return
      if (running === undefined) running = start()
      else isRequested = true
    },
    stop: async () => {
      stopping.abort()
      cancel()
      await running
    },
  }
}
