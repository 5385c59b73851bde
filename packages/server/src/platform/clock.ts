/** Tells the time; the application's clock decides, not the database's. */
export type Clock = {
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number
}

/** The machine's clock. */
export const systemClock: Clock = { now: Date.now }
