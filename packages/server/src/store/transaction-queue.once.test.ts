import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { classifyStoreError } from './faults.ts'
import { createTransactionQueue } from './transaction-queue.ts'

describe('the transaction queue', () => {
  it('limits concurrency and keeps the order', async () => {
    const enqueue = createTransactionQueue({ concurrencyMax: 2, waitMsMax: 5_000 })
    const started: number[] = []
    let running = 0
    let most = 0
    const work = (index: number) =>
      enqueue(async () => {
        started.push(index)
        running += 1
        most = Math.max(most, running)
        await wait(5)
        running -= 1
        return index
      })
    const results = await Promise.all([0, 1, 2, 3, 4, 5].map(work))
    expect(results).toStrictEqual([0, 1, 2, 3, 4, 5])
    expect([most, started]).toStrictEqual([2, [0, 1, 2, 3, 4, 5]])
  })

  it('continues after failed work', async () => {
    const enqueue = createTransactionQueue({ concurrencyMax: 1, waitMsMax: 5_000 })
    const failing = enqueue(async () => {
      throw new Error('no')
    })
    const next = enqueue(async () => 'done')
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('done')
  })

  it('rejects work after the longest wait as unavailable, without blocking later work', async () => {
    const enqueue = createTransactionQueue({ concurrencyMax: 1, waitMsMax: 50 })
    const long = enqueue(() => wait(150, 'done'))
    const rejected = await enqueue(async () => 'never').catch((error: unknown) => error)
    expect(classifyStoreError(rejected)).toBe('unavailable')
    expect(await long).toBe('done')
    expect(await enqueue(async () => 'free')).toBe('free')
  })
})
