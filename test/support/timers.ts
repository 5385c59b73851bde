import type { Timers } from '../../packages/server/src/platform/clock.ts'

/** Timers that fire when a test says so, and never by themselves. */
export type ManualTimers = Timers & {
  /** The delays of the timers that are set, in the order in which they were set. */
  readonly delaysMs: () => readonly number[]
  /** Fires the timer that was set first. */
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
