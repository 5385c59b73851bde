import { expect, it } from 'vitest'
import { createFailureCounter } from './failure-counter.ts'

function createLimiter(keysMax = 10) {
  let nowMs = 1_000_000
  const clock = { now: () => nowMs, move: (byMs: number) => void (nowMs += byMs) }
  return {
    clock,
    limiter: createFailureCounter(clock, { failuresMax: 3, windowMs: 60_000, keysMax }),
  }
}

it('a key is blocked after the limit, until the end of the window', () => {
  const { clock, limiter } = createLimiter()
  expect([limiter.recordFailure('a'), limiter.recordFailure('a')]).toStrictEqual([1, 2])
  expect(limiter.blockedForSeconds('a')).toBeUndefined()
  limiter.recordFailure('a')
  clock.move(10_500)
  expect(limiter.blockedForSeconds('a')).toBe(50)
  expect(limiter.blockedForSeconds('b')).toBeUndefined()
  clock.move(49_500)
  expect(limiter.blockedForSeconds('a')).toBeUndefined()
  expect(limiter.recordFailure('a')).toBe(1)
})

it('an undone failure does not count', () => {
  const { limiter } = createLimiter()
  for (let count = 0; count < 3; count += 1) limiter.recordFailure('a')
  limiter.undoFailure('a')
  expect(limiter.blockedForSeconds('a')).toBeUndefined()
  expect(limiter.recordFailure('a')).toBe(3)
  limiter.undoFailure('never failed')
  expect(limiter.recordFailure('never failed')).toBe(1)
})

it('a clock that is set back does not extend a block', () => {
  const { clock, limiter } = createLimiter()
  for (let count = 0; count < 3; count += 1) limiter.recordFailure('a')
  clock.move(-3_600_000)
  expect(limiter.blockedForSeconds('a')).toBeUndefined()
})

it('the oldest key is evicted when the limiter is full', () => {
  const { limiter } = createLimiter(2)
  for (const key of ['a', 'a', 'a', 'b', 'c']) limiter.recordFailure(key)
  expect(limiter.blockedForSeconds('a')).toBeUndefined()
  expect(limiter.recordFailure('c')).toBe(2)
})
