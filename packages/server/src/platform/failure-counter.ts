import type { Clock } from './clock.ts'

/** Counts failures per key in fixed windows, and blocks a key above the limit. In memory, with a bounded number of keys. */
export type FailureCounter = {
  /**
   * Returns the seconds until the key may try again; undefined while the key is below the limit.
   */
  readonly blockedForSeconds: (key: string) => number | undefined
  /** Counts a failure and returns the number in this window; 1 is the first of a burst. */
  readonly recordFailure: (key: string) => number
  /** Removes one failure that was counted before the outcome was known. */
  readonly undoFailure: (key: string) => void
}

/** The limits of {@link createFailureCounter}. */
export type FailureLimits = {
  readonly failuresMax: number
  readonly windowMs: number
  readonly keysMax?: number
}

const KEYS_MAX = 50_000

/**
 * Creates a failure counter. When it is full, it evicts the oldest key, whose count restarts.
 * This favors honest clients over a strict limit: an attacker pays one request for each evicted
 * key.
 */
export function createFailureCounter(clock: Clock, limits: FailureLimits): FailureCounter {
  const keysMax = limits.keysMax ?? KEYS_MAX
  const windows = new Map<string, { count: number; readonly endsAt: number }>()
  const findActive = (key: string) => {
    const window = windows.get(key)
    if (window === undefined) return undefined
    // When the clock was set back, a window must not last longer than its length.
    if (window.endsAt > clock.now() && window.endsAt <= clock.now() + limits.windowMs) return window
    windows.delete(key)
    return undefined
  }
  return {
    blockedForSeconds: (key) => {
      const window = findActive(key)
      if (window === undefined || window.count < limits.failuresMax) return undefined
      return Math.max(1, Math.ceil((window.endsAt - clock.now()) / 1_000))
    },
    recordFailure: (key) => {
      const window = findActive(key)
      if (window !== undefined) return (window.count += 1)
      if (windows.size >= keysMax) windows.delete(windows.keys().next().value ?? key)
      windows.set(key, { count: 1, endsAt: clock.now() + limits.windowMs })
      return 1
    },
    undoFailure: (key) => {
      const window = findActive(key)
      if (window !== undefined && window.count > 0) window.count -= 1
    },
  }
}
