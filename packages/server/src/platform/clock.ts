/** Tells the time; the application's clock decides, not the database's. */
export type Clock = {
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number
}

/** The machine's clock. */
export const systemClock: Clock = { now: Date.now }

/** Starts work later. */
export type Timers = {
  /** Runs `work` once, `delayMs` from now, and returns how to cancel it. Keeps no process alive. */
  readonly after: (delayMs: number, work: () => void) => () => void
}

/** The machine's timers. */
export const systemTimers: Timers = {
  after: (delayMs, work) => {
    const timer = setTimeout(work, delayMs).unref()
    return () => clearTimeout(timer)
  },
}
