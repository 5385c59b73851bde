import { QUEUE_TIMEOUT } from './faults.ts'

/** The number of concurrent transactions, and the longest wait of the others. */
export type TransactionQueueLimits = { readonly concurrencyMax: number; readonly waitMsMax: number }

/**
 * Creates a first-in, first-out queue with limited concurrency.
 *
 * @returns a function that runs work, or throws an error of the class `unavailable` after the
 *   longest wait
 */
export function createTransactionQueue({
  concurrencyMax,
  waitMsMax,
}: TransactionQueueLimits): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting = new Set<() => void>()
  let running = 0
  const acquire = async (): Promise<void> => {
    if (running < concurrencyMax) {
      running += 1
      return
    }
    await new Promise<void>((resolve, reject) => {
      const start = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        waiting.delete(start)
        reject(new Error(QUEUE_TIMEOUT))
      }, waitMsMax)
      waiting.add(start)
    })
  }
  const release = (): void => {
    const [next] = waiting
    if (next === undefined) {
      running -= 1
      return
    }
    // Passes the permit on directly, so that a new caller cannot overtake the queue.
    waiting.delete(next)
    next()
  }
  return async (work) => {
    await acquire()
    try {
      return await work()
    } finally {
      release()
    }
  }
}
