import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { storeFault } from './faults.ts'
import { createTransactionQueue } from './transaction-queue.ts'

describe('turns', () => {
  it('let so many run at once, the others in their order', async () => {
    const inTurn = createTransactionQueue({ concurrencyMax: 2, waitMsMax: 5_000 })
    const begun: number[] = []
    let running = 0
    let most = 0
    const work = (index: number) =>
      inTurn(async () => {
        begun.push(index)
        running += 1
        most = Math.max(most, running)
        await wait(5)
        running -= 1
        return index
      })
    const results = await Promise.all([0, 1, 2, 3, 4, 5].map(work))
    expect(results).toStrictEqual([0, 1, 2, 3, 4, 5])
    expect([most, begun]).toStrictEqual([2, [0, 1, 2, 3, 4, 5]])
  })

  it('go on after work that failed', async () => {
    const inTurn = createTransactionQueue({ concurrencyMax: 1, waitMsMax: 5_000 })
    const failing = inTurn(async () => {
      throw new Error('no')
    })
    const next = inTurn(async () => 'done')
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('done')
  })

  it('that do not come in time are refused as unavailable, and hold nobody up', async () => {
    const inTurn = createTransactionQueue({ concurrencyMax: 1, waitMsMax: 50 })
    const long = inTurn(() => wait(150, 'done'))
    const refused = await inTurn(async () => 'never').catch((error: unknown) => error)
    expect(storeFault(refused)).toBe('unavailable')
    expect(await long).toBe('done')
    expect(await inTurn(async () => 'free')).toBe('free')
  })
})
