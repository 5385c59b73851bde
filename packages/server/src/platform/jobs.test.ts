import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createManualTimers } from '../../../../test/support/timers.ts'
import { systemTimers } from './clock.ts'
import { startJob } from './jobs.ts'
import { createLog } from './log.ts'

const HOUR_MS = 3_600_000
let lines: string[] = []
const log = createLog('info', { write: (line) => lines.push(line) })

/** The first random byte: 0 yields the fraction 0, 128 one half, 255 almost 1. */
const withRandom = (byte: number) => ({
  log,
  timers: systemTimers,
  random: (count: number) =>
    Uint8Array.from({ length: count }, (_, index) => (index === 0 ? byte : 0)),
})

beforeEach(() => {
  lines = []
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('startJob', () => {
  it('starts within a tenth of the interval, then runs every interval plus or minus a tenth', async () => {
    const run = vi.fn<() => Promise<void>>(async () => undefined)
    const startedMs = Date.now()
    const job = startJob({ name: 'tidy', everyMs: HOUR_MS, run }, withRandom(128))
    const firstMs = 0.05 * HOUR_MS
    for (const [atMs, count] of [
      [firstMs - 10, 0],
      [firstMs + 10, 1],
      [firstMs + HOUR_MS - 10, 1],
      [firstMs + HOUR_MS + 10, 2],
    ] as const) {
      await vi.advanceTimersByTimeAsync(atMs - (Date.now() - startedMs))
      expect([atMs, run.mock.calls.length]).toEqual([atMs, count])
    }
    await job.stop()
    const { delaysMs, after } = createManualTimers()
    for (const byte of [0, 255])
      startJob({ name: 'tidy', everyMs: HOUR_MS, run }, { ...withRandom(byte), timers: { after } })
    expect(delaysMs().map(Math.round)).toEqual([0, Math.round((0.1 * HOUR_MS * 255) / 256)])
  })

  it('never overlaps its runs', async () => {
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

  it('continues after a failed run, and logs it', async () => {
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

  it('aborts its run when it is stopped, and starts no other', async () => {
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
