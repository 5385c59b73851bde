import type { Clock } from './clock.ts'

/** Slows guessing down: counts failures per key in fixed windows, in memory, bounded. */
export type BruteForceLimiter = {
  /** Seconds to wait when the key has used up its failures; undefined while it may try. */
  readonly blockedForSeconds: (key: string) => number | undefined
  /** Counts a failure and says how many there are now in this window; 1 begins a burst. */
  readonly recordFailure: (key: string) => number
  /** Takes one failure back: what was counted before its outcome was known was none. */
  readonly undoFailure: (key: string) => void
}

/** Bounds of {@link createBruteForceLimiter}. */
export type BruteForceLimits = {
  readonly failuresMax: number
  readonly windowMs: number
  readonly keysMax?: number
}

const KEYS_MAX = 50_000

/**
 * Makes a counter of failures. A key that is forgotten because there are too many starts again: that
 * favours the honest client over the bound, and an attacker pays one request per forgotten key.
 */
export function createBruteForceLimiter(clock: Clock, limits: BruteForceLimits): BruteForceLimiter {
  const keysMax = limits.keysMax ?? KEYS_MAX
  const windows = new Map<string, { count: number; readonly endsAt: number }>()
  const live = (key: string) => {
    const window = windows.get(key)
    if (window === undefined) return undefined
    // A clock that was set back must not keep a window for ever.
    if (window.endsAt > clock.now() && window.endsAt <= clock.now() + limits.windowMs) return window
    windows.delete(key)
    return undefined
  }
  return {
    blockedForSeconds: (key) => {
      const window = live(key)
      if (window === undefined || window.count < limits.failuresMax) return undefined
      return Math.max(1, Math.ceil((window.endsAt - clock.now()) / 1_000))
    },
    recordFailure: (key) => {
      const window = live(key)
      if (window !== undefined) return (window.count += 1)
      if (windows.size >= keysMax) windows.delete(windows.keys().next().value ?? key)
      windows.set(key, { count: 1, endsAt: clock.now() + limits.windowMs })
      return 1
    },
    undoFailure: (key) => {
      const window = live(key)
      if (window !== undefined && window.count > 0) window.count -= 1
    },
  }
}
