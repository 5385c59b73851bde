import type { Timers } from '../../packages/server/src/platform/clock.ts'

/** Timers that fire only when a test fires them. */
export type ManualTimers = Timers & {
  /** The delays of the active timers, in the order in which they were set. */
  readonly delaysMs: () => readonly number[]
  /** Fires the oldest active timer. */
  readonly fire: () => void
}

export function createManualTimers(): ManualTimers {
  const pending = new Set<{ readonly delayMs: number; readonly work: () => void }>()
  return {
    after: (delayMs, work) => {
      const timer = { delayMs, work }
      pending.add(timer)
      return () => void pending.delete(timer)
    },
    delaysMs: () => [...pending].map(({ delayMs }) => delayMs),
    fire: () => {
      const [timer] = pending
      if (timer === undefined) throw new Error('No timer is set.')
      pending.delete(timer)
      timer.work()
    },
  }
}
