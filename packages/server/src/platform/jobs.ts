import type { Log } from './log.ts'

/** A piece of work that is done again and again. */
export type Job = {
  readonly name: string
  readonly everyMs: number
  /** How long after a round that failed the next one begins, where that is not `everyMs` too. */
  readonly retryMs?: number
  /** Its work; it should look at `signal` between its steps, and end early when that is aborted. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** Work under the clock. */
export type RunningJob = {
  /** Begins a round now, or right after the one that is running. */
  readonly soon: () => void
  /** Asks a running round to end, waits for it, and starts no other. */
  readonly stop: () => Promise<void>
}

const SPREAD = 0.2

/**
 * Does a job again and again: rounds never overlap, begin `everyMs` after the end of the one before, give
 * or take a tenth, so that nodes started together do not keep in step, and the first one comes somewhere
 * within the first interval's tenth. A round that fails is logged, and the next one comes as usual. Keeps
 * no process alive.
 */
export function startJob(
  { name, everyMs, retryMs = everyMs, run }: Job,
  { log, random = Math.random }: { readonly log: Log; readonly random?: () => number },
): RunningJob {
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isRunning = false
  let again = false

  const round = async (): Promise<void> => {
    isRunning = true
    again = false
    let afterMs = everyMs
    try {
      await run(stopping.signal)
    } catch (cause) {
      afterMs = retryMs
      if (!stopping.signal.aborted) log.fault(new Error(`The job ${name} failed`, { cause }))
    }
    isRunning = false
    schedule(again ? 0 : afterMs * (1 - SPREAD / 2 + random() * SPREAD))
  }
  const schedule = (afterMs: number): void => {
    if (stopping.signal.aborted) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      running = round()
    }, afterMs).unref()
  }
  schedule(everyMs * 0.1 * random())
  return {
    soon: () => {
      if (isRunning) again = true
      else schedule(0)
    },
    stop: async () => {
      stopping.abort()
      clearTimeout(timer)
      await running
    },
  }
}
