/** The application's clock. The database's clock is never used. */
export type Clock = {
  /** Returns the milliseconds since the Unix epoch. */
  readonly now: () => number
}

/** The clock of the operating system. */
export const systemClock: Clock = { now: Date.now }

/** Schedules work. */
export type Timers = {
  /**
   * Runs `work` once after `delayMs`. Returns a function that cancels it. Does not keep the process
   * alive.
   */
  readonly after: (delayMs: number, work: () => void) => () => void
}

/** The timers of Node. */
export const systemTimers: Timers = {
  after: (delayMs, work) => {
    const timer = setTimeout(work, delayMs).unref()
    return () => clearTimeout(timer)
  },
}
