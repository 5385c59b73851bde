import { TOO_BUSY } from './faults.ts'

/** How many at once, and how long the others wait at most. */
export type TransactionQueueLimits = { readonly concurrencyMax: number; readonly waitMsMax: number }

/**
 * Lets pieces of work run, so many at once; the others wait for their turn in the order in which they came.
 *
 * @returns a function that runs a piece of work, or throws, as unavailable, when its turn did not come in time
 */
export function createTransactionQueue({
  concurrencyMax,
  waitMsMax,
}: TransactionQueueLimits): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting = new Set<() => void>()
  let running = 0
  const take = async (): Promise<void> => {
    if (running < concurrencyMax) {
      running += 1
      return
    }
    await new Promise<void>((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        waiting.delete(begin)
        reject(new Error(TOO_BUSY))
      }, waitMsMax)
      waiting.add(begin)
    })
  }
  const pass = (): void => {
    const [next] = waiting
    if (next === undefined) {
      running -= 1
      return
    }
    // The turn goes on to the next one: it is not free in between.
    waiting.delete(next)
    next()
  }
  return async (work) => {
    await take()
    try {
      return await work()
    } finally {
      pass()
    }
  }
}
