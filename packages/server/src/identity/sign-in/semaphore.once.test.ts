import { expect, it } from 'vitest'
import { createSemaphore } from './semaphore.ts'

const settle = () => new Promise((resolve) => setImmediate(resolve))

it('runs limited calls concurrently, queues the next ones in order, and rejects the rest', async () => {
  const semaphore = createSemaphore(2, 2)
  const started: number[] = []
  const ends: (() => void)[] = []
  const work = (number: number) => async () => {
    started.push(number)
    await new Promise<void>((resolve) => ends.push(resolve))
    return number
  }
  const outcomes = [1, 2, 3, 4, 5].map((number) => semaphore(work(number)))
  await settle()
  expect(started).toStrictEqual([1, 2])
  expect(await outcomes[4]).toStrictEqual({ acquired: false })
  ends.shift()?.()
  await settle()
  expect(started).toStrictEqual([1, 2, 3])
  while (ends.length > 0) {
    ends.shift()?.()
    await settle()
  }
  const results = (await Promise.all(outcomes)).map((outcome) =>
    outcome.acquired ? outcome.result : null,
  )
  expect(results).toStrictEqual([1, 2, 3, 4, null])
})

it('failed work releases its permit', async () => {
  const semaphore = createSemaphore(1, 0)
  const failing = semaphore(async () => {
    throw new Error('lost')
  })
  await expect(failing).rejects.toThrow('lost')
  expect(await semaphore(async () => 'done')).toStrictEqual({ acquired: true, result: 'done' })
})
