import type { Timers } from './clock.ts'
import type { Log } from './log.ts'
import { type Random, randomFraction } from './random.ts'

/** A piece of work that is done again and again. */
export type Job = {
  readonly name: string
  readonly everyMs: number
  /** How long after a round that failed the next one begins, where that is not `everyMs` too. */
  readonly retryMs?: number
  /** Its work; it should look at `signal` between its steps, and end early when that is aborted. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** What a schedule needs. */
export type JobDeps = { readonly log: Log; readonly timers: Timers; readonly random: Random }

/** A job that was started. */
export type RunningJob = {
  /** Begins a round now, or right after the one that is running. */
  readonly runSoon: () => void
  /** Asks a running round to end, waits for it, and starts no other. */
  readonly stop: () => Promise<void>
}

const SPREAD = 0.2

/**
 * Repeats a job. Rounds never overlap. The first round begins within a tenth of the interval; each later one
 * begins `everyMs` after the end of the previous round, plus or minus a tenth, so that nodes that start together
 * drift apart. A round that fails is logged. Keeps no process alive.
 */
export function startJob(
  { name, everyMs, retryMs = everyMs, run }: Job,
  { log, timers, random }: JobDeps,
): RunningJob {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let isAskedFor = false
  let cancel = (): void => undefined

  const runRound = async (): Promise<number> => {
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
      isAskedFor = false
      afterMs = await runRound()
    } while (isAskedFor && !stopping.signal.aborted)
    running = undefined
    schedule(afterMs * (1 - SPREAD / 2 + randomFraction(random) * SPREAD))
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
      else isAskedFor = true
    },
    stop: async () => {
      stopping.abort()
      cancel()
      await running
    },
  }
}
