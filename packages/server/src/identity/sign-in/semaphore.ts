/** The result of the work, or `acquired: false` when the queue was full. */
export type SemaphoreResult<T> =
  | { readonly acquired: true; readonly result: T }
  | { readonly acquired: false }

/** Runs work with limited concurrency, in the order of the calls. */
export type Semaphore = <T>(work: () => Promise<T>) => Promise<SemaphoreResult<T>>

/** Creates a semaphore that runs `concurrencyMax` calls and queues `queueMax` more. Rejects further calls. */
export function createSemaphore(concurrencyMax: number, queueMax: number): Semaphore {
  const waiting: (() => void)[] = []
  let running = 0
  const release = () => {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    // The permit passes to the next call directly, so that a new call cannot take it first.
    else next()
  }
  return async (work) => {
    if (running >= concurrencyMax) {
      if (waiting.length >= queueMax) return { acquired: false }
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return { acquired: true, result: await work() }
    } finally {
      release()
    }
  }
}
