/** What came of asking at a gate: the work's result, or nothing because too many were waiting. */
export type SemaphoreResult<T> =
  | { readonly entered: true; readonly result: T }
  | { readonly entered: false }

/** Lets pieces of work through, a few at a time and in order. */
export type Semaphore = <T>(work: () => Promise<T>) => Promise<SemaphoreResult<T>>

/** A gate that lets `atOnce` pieces of work run, lets `waitingMax` more wait, and turns others away. */
export function createSemaphore(atOnce: number, waitingMax: number): Semaphore {
  const waiting: (() => void)[] = []
  let running = 0
  const leave = () => {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    // The place passes on without ever being free, so that nobody overtakes.
    else next()
  }
  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= waitingMax) return { entered: false }
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return { entered: true, result: await work() }
    } finally {
      leave()
    }
  }
}
