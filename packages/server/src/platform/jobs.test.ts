import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemTimers } from './clock.ts'
import { startJob } from './jobs.ts'
import { createLog } from './log.ts'

const HOUR_MS = 3_600_000
let lines: string[] = []
const log = createLog('info', { write: (line) => lines.push(line) })

/** A source that always gives the same byte: 0 is a fraction of 0, 128 of a half, 255 of nearly 1. */
const withRandom = (byte: number) => ({
  log,
  timers: systemTimers,
  random: (count: number) => new Uint8Array(count).fill(byte),
})

beforeEach(() => {
  lines = []
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('startJob', () => {
  it('begins within a tenth of the interval, then comes every interval, give or take a tenth', async () => {
    const run = vi.fn<() => Promise<void>>(async () => undefined)
    const job = startJob({ name: 'tidy', everyMs: HOUR_MS, run }, withRandom(255))
    await vi.advanceTimersByTimeAsync(0.1 * HOUR_MS)
    expect(run).toHaveBeenCalledTimes(1)
    // The fraction is nearly 1, and timers have whole milliseconds.
    await vi.advanceTimersByTimeAsync(1.1 * HOUR_MS - 2)
    expect(run).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(2)
    expect(run).toHaveBeenCalledTimes(2)
    await job.stop()
  })

  it('never overlaps its rounds', async () => {
    let running = 0
    const run = vi.fn<() => Promise<void>>(async () => {
      running += 1
      expect(running).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 3 * HOUR_MS))
      running -= 1
    })
    const job = startJob({ name: 'tidy', everyMs: HOUR_MS, run }, withRandom(128))
    await vi.advanceTimersByTimeAsync(12.5 * HOUR_MS)
    expect(run).toHaveBeenCalledTimes(4)
    const stopped = job.stop()
    await vi.advanceTimersByTimeAsync(3 * HOUR_MS)
    await stopped
  })

  it('goes on after a round that failed, and logs it', async () => {
    const run = vi.fn<() => Promise<void>>(async () => {
      throw new Error('secret words of a driver')
    })
    const job = startJob({ name: 'tidy', everyMs: HOUR_MS, run }, withRandom(0))
    await vi.advanceTimersByTimeAsync(2 * HOUR_MS)
    expect(run).toHaveBeenCalledTimes(3)
    expect(lines).toHaveLength(3)
    expect(lines.join()).not.toContain('secret words')
    await job.stop()
  })

  it('ends its round when it is stopped, and starts no other', async () => {
    let aborted = false
    const run = vi.fn<(signal: AbortSignal) => Promise<void>>(async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      aborted = true
    })
    const job = startJob({ name: 'tidy', everyMs: HOUR_MS, run }, withRandom(0))
    await vi.advanceTimersByTimeAsync(1)
    await job.stop()
    expect(aborted).toBe(true)
    await vi.advanceTimersByTimeAsync(5 * HOUR_MS)
    expect(run).toHaveBeenCalledTimes(1)
  })
})
