import { expect, it } from 'vitest'
import { createSemaphore } from './semaphore.ts'

const settle = () => new Promise((resolve) => setImmediate(resolve))

it('lets a few run at once, the next ones in order, and turns away whoever is too many', async () => {
  const gate = createSemaphore(2, 2)
  const begun: number[] = []
  const ends: (() => void)[] = []
  const work = (number: number) => async () => {
    begun.push(number)
    await new Promise<void>((resolve) => ends.push(resolve))
    return number
  }
  const passages = [1, 2, 3, 4, 5].map((number) => gate(work(number)))
  await settle()
  expect(begun).toStrictEqual([1, 2])
  expect(await passages[4]).toStrictEqual({ entered: false })
  ends.shift()?.()
  await settle()
  expect(begun).toStrictEqual([1, 2, 3])
  while (ends.length > 0) {
    ends.shift()?.()
    await settle()
  }
  const results = (await Promise.all(passages)).map((one) => (one.entered ? one.result : null))
  expect(results).toStrictEqual([1, 2, 3, 4, null])
})

it('is free again after work that failed', async () => {
  const gate = createSemaphore(1, 0)
  const failing = gate(async () => {
    throw new Error('lost')
  })
  await expect(failing).rejects.toThrow('lost')
  expect(await gate(async () => 'in')).toStrictEqual({ entered: true, result: 'in' })
})
