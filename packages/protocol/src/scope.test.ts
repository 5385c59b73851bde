import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../test/support/any-text.ts'
import { cpuMilliseconds } from '../../../test/support/cpu-time.ts'
import { isSubset, joinScope, parseScope } from './scope.ts'

/** %x21 / %x23-5B / %x5D-7E */
const nqchar = fc
  .integer({ min: 0x21, max: 0x7e })
  .filter((code) => code !== 0x22 && code !== 0x5c)
  .map((code) => String.fromCharCode(code))
const name = fc.string({ unit: nqchar, minLength: 1, maxLength: 12 })

describe('does', () => {
  test('joined names are parsed to the same names', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), (names) => {
        expect(parseScope(joinScope(names))).toEqual(names)
      }),
    )
  })

  test('names are unique and keep order and case', () => {
    expect(parseScope('B_READ a_read A_READ B_READ')).toEqual(['B_READ', 'a_read', 'A_READ'])
  })

  test('a subset contains only names of the other scope', () => {
    const wide = new Set(['A', 'B'])
    expect(isSubset([], wide)).toBe(true)
    expect(isSubset(['B', 'A'], wide)).toBe(true)
    expect(isSubset(['A', 'a'], wide)).toBe(false)
    expect(isSubset(new Set(['C']), wide)).toBe(false)
  })
})

describe('rejects', () => {
  test('every text with an invalid character', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const names = parseScope(text)
        if (names === undefined) return
        for (const each of names) expect(each).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
      }),
    )
  })

  test.each([
    '',
    ' ',
    ' A',
    'A ',
    'A  B',
    'A\tB',
    'A\nB',
    'A"B',
    'A\\B',
    'Ä',
    'A\x7f',
    'A\0',
    'A\u00a0B',
  ])('%j', (text) => {
    expect(parseScope(text)).toBeUndefined()
  })

  test('100 KB of spaces in less than 50 ms', () => {
    const hostile = `A${' '.repeat(1e5)}`
    expect(cpuMilliseconds(() => parseScope(hostile))).toBeLessThan(50)
    expect(parseScope(hostile)).toBeUndefined()
  })
})
