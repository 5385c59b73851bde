import { expect, it } from 'vitest'
import { createBruteForceLimiter } from './brute-force-limiter.ts'

function counter(keysMax = 10) {
  let nowMs = 1_000_000
  const clock = { now: () => nowMs, move: (byMs: number) => void (nowMs += byMs) }
  return {
    clock,
    attempts: createBruteForceLimiter(clock, { failuresMax: 3, windowMs: 60_000, keysMax }),
  }
}

it('a key may fail so often in a window, and then says how long to wait', () => {
  const { clock, attempts } = counter()
  expect([attempts.recordFailure('a'), attempts.recordFailure('a')]).toStrictEqual([1, 2])
  expect(attempts.blockedForSeconds('a')).toBeUndefined()
  attempts.recordFailure('a')
  clock.move(10_500)
  expect(attempts.blockedForSeconds('a')).toBe(50)
  expect(attempts.blockedForSeconds('b')).toBeUndefined()
  clock.move(49_500)
  expect(attempts.blockedForSeconds('a')).toBeUndefined()
  expect(attempts.recordFailure('a')).toBe(1)
})

it('a failure that was none is taken back', () => {
  const { attempts } = counter()
  for (let count = 0; count < 3; count += 1) attempts.recordFailure('a')
  attempts.undoFailure('a')
  expect(attempts.blockedForSeconds('a')).toBeUndefined()
  expect(attempts.recordFailure('a')).toBe(3)
  attempts.undoFailure('never failed')
  expect(attempts.recordFailure('never failed')).toBe(1)
})

it('a clock that is set back keeps nobody out for longer than a window', () => {
  const { clock, attempts } = counter()
  for (let count = 0; count < 3; count += 1) attempts.recordFailure('a')
  clock.move(-3_600_000)
  expect(attempts.blockedForSeconds('a')).toBeUndefined()
})

it('the oldest key is forgotten when there are too many', () => {
  const { attempts } = counter(2)
  for (const key of ['a', 'a', 'a', 'b', 'c']) attempts.recordFailure(key)
  expect(attempts.blockedForSeconds('a')).toBeUndefined()
  expect(attempts.recordFailure('c')).toBe(2)
})
