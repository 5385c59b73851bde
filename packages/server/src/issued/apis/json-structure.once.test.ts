import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeUtf8 } from '@keyporter/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cpuMilliseconds } from '../../../../../test/support/cpu-time.ts'
import { requireVectors } from '../../../../../test/support/vectors.ts'
import { findJsonFault } from './json-structure.ts'

const BOUNDS = { depthMax: 1_000, valuesMax: 1_000_000 }

describe('the structure of a JSON text', () => {
  test('is valid exactly when JSON.parse accepts it, for all of JSONTestSuite', (ctx) => {
    const folder = requireVectors(ctx, 'json-parsing', 'test_parsing')
    const disagreements = readdirSync(folder).filter((name) => {
      const text = decodeUtf8(readFileSync(join(folder, name)))
      if (text === undefined) return false
      const fault = findJsonFault(text, BOUNDS)
      return (fault?.kind === 'syntax') === isJson(text)
    })
    // JSON.parse accepts 100,000 levels. Here the limit is 1,000.
    expect(
      disagreements.filter((name) => !/100000|n_structure_open_array_object/.test(name)),
    ).toEqual([])
  })

  test('is valid for all output of JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, '\t'), (value, indentation) => {
        expect(findJsonFault(JSON.stringify(value, undefined, indentation), BOUNDS)).toBeUndefined()
      }),
    )
  })

  test('is valid exactly when JSON.parse accepts it, for damaged texts', () => {
    const damage = fc.constantFrom('', '"', '\\', ',', ':', '{', ']', '0', '-', '.', 'e', '\n', 'x')
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), damage, (value, place, character) => {
        const text = JSON.stringify(value)
        const at = place % text.length
        const damaged = text.slice(0, at) + character + text.slice(at + 1)
        const fault = findJsonFault(damaged, BOUNDS)
        if (fault?.kind !== 'duplicate_name') expect(fault === undefined).toBe(isJson(damaged))
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['{"a": tru}', 6],
    ['{"a" 1}', 5],
    ['[1 2]', 3],
    ['[1,]', 3],
    ['{"a":1,}', 7],
    ['"a\nb"', 2],
    ['"\\x"', 1],
    ['"abc', 4],
    ['01', 1],
    ['', 0],
    ['{} {}', 3],
  ])('reports the position of the fault: %j', (text, offset) => {
    expect(findJsonFault(text, BOUNDS)).toEqual({ kind: 'syntax', offset })
  })

  test('allows no duplicate names within an object', () => {
    expect(findJsonFault('{"a":{"a":1},"b":[{"a":1},{"a":1}]}', BOUNDS)).toBeUndefined()
    expect(findJsonFault('{"a":{"b":1,"\\u0062":1}}', BOUNDS)).toEqual({
      kind: 'duplicate_name',
      offset: 12,
    })
  })

  test('is limited in nesting levels and values', () => {
    const bounds = { depthMax: 2, valuesMax: 4 }
    expect(findJsonFault('[[1,2]]', bounds)).toBeUndefined()
    expect(findJsonFault('[{"a":[]}]', bounds)).toEqual({ kind: 'too_deep', offset: 6 })
    expect(findJsonFault('[1,2,3,4]', bounds)).toEqual({ kind: 'too_many_values', offset: 7 })
  })

  test.each([
    ['a string of escapes', `"${'\\n'.repeat(100_000)}"`],
    ['numbers', `[${'1e5,'.repeat(100_000)}0]`],
    ['white space', `[${' '.repeat(400_000)}]`],
    ['digits', '1'.repeat(400_000)],
    ['an unterminated string', `"${'a'.repeat(400_000)}`],
  ])('is scanned in linear time: %s', (_, text) => {
    expect(cpuMilliseconds(() => findJsonFault(text, BOUNDS))).toBeLessThan(300)
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
