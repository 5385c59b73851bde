import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cpuMilliseconds } from '../../../../test/support/cpu-time.ts'
import { createVerifiedCache } from './verified-cache.ts'

describe('does', () => {
  test('a cached token is found', () => {
    const cache = createVerifiedCache<number>({ entriesMax: 2 })
    cache.set('a.b.c', 1)
    expect(cache.get('a.b.c')).toBe(1)
    cache.set('a.b.c', 2)
    expect(cache.get('a.b.c')).toBe(2)
  })

  test('used entries stay, unused entries are evicted', () => {
    const cache = createVerifiedCache<number>({ entriesMax: 100 })
    cache.set('a.b.used', -1)
    cache.set('a.b.idle', -2)
    for (let index = 0; index < 1_000; index += 1) {
      cache.set(`a.b.${index}`, index)
      expect(cache.get('a.b.used')).toBe(-1)
    }
    expect(cache.get('a.b.idle')).toBeUndefined()
  })

  test('the cache never exceeds its size and always contains the last entry', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.array(fc.nat({ max: 30 })),
        (entriesMax, uses) => {
          const cache = createVerifiedCache<number>({ entriesMax })
          for (const use of uses) {
            if (cache.get(`a.b.${use}`) === undefined) cache.set(`a.b.${use}`, use)
            expect(cache.get(`a.b.${use}`)).toBe(use)
          }
          let held = 0
          cache.deleteWhere(() => {
            held += 1
            return true
          })
          expect(held).toBeLessThanOrEqual(entriesMax)
          for (const use of uses) expect(cache.get(`a.b.${use}`)).toBeUndefined()
        },
      ),
    )
  })

  test('a hit takes about a microsecond', () => {
    const cache = createVerifiedCache<number>({ entriesMax: 10_000 })
    const tokens = Array.from(
      { length: 1_000 },
      (_, index) => `${'h'.repeat(90)}.${'p'.repeat(500)}.${'s'.repeat(80)}${index}`,
    )
    for (const [index, token] of tokens.entries()) cache.set(token, index)
    let sum = 0
    const milliseconds = cpuMilliseconds(() => {
      for (let round = 0; round < 50; round += 1) {
        for (const token of tokens) sum += cache.get(token) ?? 0
      }
    })
    expect(sum).toBe(50 * 499_500)
    expect((milliseconds * 1_000) / 50_000).toBeLessThan(5)
  })
})

describe('rejects', () => {
  test('another token with the same signature', () => {
    const cache = createVerifiedCache<number>({ entriesMax: 2 })
    cache.set('a.b.c', 1)
    expect(cache.get('a.x.c')).toBeUndefined()
    expect(cache.get('a.b.c.')).toBeUndefined()
    expect(cache.get('c')).toBeUndefined()
    cache.set('a.1.d', 1)
    expect(cache.get('a.x.c')).toBeUndefined()
  })

  test('evicted tokens, and every token after a clear', () => {
    const cache = createVerifiedCache<{ cred: string }>({ entriesMax: 4 })
    for (const [index, cred] of ['x', 'y', 'x', 'y'].entries()) cache.set(`a.b.${index}`, { cred })
    cache.deleteWhere(({ cred }) => cred === 'x')
    expect([0, 1, 2, 3].map((index) => cache.get(`a.b.${index}`)?.cred)).toEqual([
      undefined,
      'y',
      undefined,
      'y',
    ])
    cache.clear()
    expect(cache.get('a.b.1')).toBeUndefined()
  })

  test.each([0, 1, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'a size of %d entries',
    (entriesMax) => {
      expect(() => createVerifiedCache({ entriesMax })).toThrow(RangeError)
    },
  )
})
