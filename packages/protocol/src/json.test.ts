import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cpuMilliseconds } from '../../../test/support/cpu-time.ts'
import { requireVectors } from '../../../test/support/vectors.ts'
import { decodeUtf8 } from './bytes.ts'
import { isJsonObject, parseStrictJson } from './json.ts'

/** Valid JSON that a stricter rule rejects. */
const REJECTED_ALTHOUGH_VALID = [
  'y_object_duplicated_key.json',
  'y_object_duplicated_key_and_value.json',
]

describe('JSONTestSuite', () => {
  test('every y_ file is parsed like JSON.parse, except for duplicate keys', (ctx) => {
    const rejected = readSuite(requireVectors(ctx, 'json-parsing', 'test_parsing'), 'y_')
      .filter(({ text }) => {
        const parsed = parse(text)
        if (parsed?.ok) expect(parsed.value).toEqual(JSON.parse(text ?? ''))
        return !parsed?.ok
      })
      .map(({ name }) => name)
    expect(rejected).toEqual(REJECTED_ALTHOUGH_VALID)
  })

  test('every n_ file is rejected', (ctx) => {
    const files = readSuite(requireVectors(ctx, 'json-parsing', 'test_parsing'), 'n_')
    expect(files.length).toBeGreaterThan(180)
    expect(files.filter(({ text }) => parse(text)?.ok).map(({ name }) => name)).toEqual([])
  })

  test('every i_ file is rejected: out of range, invalid UTF-8, lone surrogates, too deep', (ctx) => {
    const files = readSuite(requireVectors(ctx, 'json-parsing', 'test_parsing'), 'i_')
    const accepted = files.filter(({ text }) => parse(text)?.ok).map(({ name }) => name)
    expect(accepted).toEqual([])
  })
})

describe('does', () => {
  test('every accepted text has the value of JSON.parse', () => {
    const jsonish = fc.string({
      unit: fc.constantFrom(...'{}[]:,"\\ue0d8 -+.1E\n\ttruefalsn'),
      maxLength: 40,
    })
    fc.assert(
      fc.property(jsonish, (text) => {
        const parsed = parseStrictJson(text)
        if (parsed.ok) expect(parsed.value).toEqual(JSON.parse(text))
        else if (parsed.fault.kind === 'syntax') expect(() => JSON.parse(text)).toThrow(SyntaxError)
      }),
      { numRuns: 2_000 },
    )
  })

  test('every output of JSON.stringify is accepted, unless a stricter rule applies', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'medium' }), fc.nat({ max: 3 }), (value, indent) => {
        const parsed = parseStrictJson(JSON.stringify(value, undefined, indent))
        if (parsed.ok) expect(parsed.value).toEqual(JSON.parse(JSON.stringify(value)))
        else expect(parsed.fault.kind).not.toBe('syntax')
      }),
    )
  })

  test('objects are plain, and method names are normal keys', () => {
    const parsed = parseStrictJson('{"toString":1,"hasOwnProperty":2}')
    if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error('rejected')
    expect(Object.getPrototypeOf(parsed.value)).toBe(Object.prototype)
    expect(parsed.value).toEqual({ toString: 1, hasOwnProperty: 2 })
  })

  test('200,000 nested arrays do not overflow the stack', () => {
    const text = '['.repeat(200_000) + ']'.repeat(200_000)
    expect(parseStrictJson(text, { depthMax: 200_000 }).ok).toBe(true)
    expect(faultOf(text)).toEqual({ kind: 'too_deep', offset: 32 })
  })

  test('limits are inclusive', () => {
    const keys = (count: number) =>
      `[{${Array.from({ length: count }, (_, index) => `"${index}":0`).join(',')}}]`
    expect(parseStrictJson('['.repeat(32) + ']'.repeat(32)).ok).toBe(true)
    expect(parseStrictJson(keys(1_000)).ok).toBe(true)
    expect(faultOf(keys(1_001))?.kind).toBe('too_many_keys')
    expect(parseStrictJson('{"a":{}}', { depthMax: 1, keysMax: 1 }).ok).toBe(false)
  })

  test.each([
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
    ['1e22', 1e22],
    ['0e1', 0],
    ['0.000', 0],
    ['5e-324', 5e-324],
    ['"\\u0000"', '\0'],
    ['"\\ud834\\udd1e𝄞"', '𝄞𝄞'],
  ])('accepts %s', (text, value) => {
    expect(parseStrictJson(text)).toEqual({ ok: true, value })
  })
})

describe('rejects', () => {
  test.each([
    ['a duplicate key', '{"a":1, "a":2}', 'duplicate_key', 8],
    ['a duplicate key, once escaped', '{"a":1,"\\u0061":2}', 'duplicate_key', 7],
    ['__proto__', '{"__proto__":{}}', 'forbidden_key', 1],
    ['__proto__ in escapes', '{"\\u005f_proto__":{}}', 'forbidden_key', 1],
    ['constructor, however deep', '[{"constructor":{}}]', 'forbidden_key', 2],
    ['prototype', '{"prototype":1}', 'forbidden_key', 1],
    ['an integer beyond 2^53 - 1', '[9007199254740992]', 'number_range', 1],
    ['a negative integer below -(2^53 - 1)', '-9007199254740992', 'number_range', 0],
    ['an integer beyond 2^53 - 1 with a fraction', '9007199254740993.0', 'number_range', 0],
    ['a number that overflows a double', '1e400', 'number_range', 0],
    ['a number that underflows to zero', '1e-400', 'number_range', 0],
    ['a high surrogate alone', '"\\ud834"', 'lone_surrogate', 0],
    ['a low surrogate alone', '["\\udd1e"]', 'lone_surrogate', 1],
    ['a lone surrogate in a key', '{"\\ud800":1}', 'lone_surrogate', 1],
    ['a surrogate that is not escaped', '"\ud800"', 'lone_surrogate', 0],
    ['a byte order mark', '\ufeff{}', 'syntax', 0],
    ['nothing', '', 'syntax', 0],
    ['only white space', ' \n', 'syntax', 2],
    ['a second value', '{} {}', 'syntax', 3],
    ['a comma at the end', '[1,]', 'syntax', 3],
    ['a bracket that closes a brace', '{"a":1]', 'syntax', 6],
    ['a control character in a string', '"a\tb"', 'syntax', 2],
    ['a number with a leading zero', '01', 'syntax', 1],
  ])('%s', (_, text, kind, offset) => {
    expect(faultOf(text)).toEqual({ kind, offset })
  })

  test('a truncated document, at every position', () => {
    const text = '{"a":[1.5e3,true,null,"\\u00e9\\n"],"b":{"c":false}}'
    for (let length = 0; length < text.length; length += 1) {
      expect(faultOf(text.slice(0, length))?.kind).toBe('syntax')
    }
  })

  test('100 KB of hostile text in less than 50 ms', () => {
    const texts = ['['.repeat(1e5), '1'.repeat(1e5), `"${'\\u0041'.repeat(2e4)}`, ' '.repeat(1e5)]
    for (const text of texts) {
      // The least of three runs: the first one compiles the parser, and other load distorts single runs.
      const runs = [1, 2, 3].map(() => cpuMilliseconds(() => parseStrictJson(text)))
      expect(Math.min(...runs)).toBeLessThan(50)
      expect(parseStrictJson(text).ok).toBe(false)
    }
  })
})

function readSuite(folder: string, kind: string) {
  return readdirSync(folder)
    .filter((name) => name.startsWith(kind))
    .map((name) => ({ name, text: decodeUtf8(readFileSync(join(folder, name))) }))
}

/** Bytes that are not UTF-8 never reach the parser. */
function parse(text: string | undefined) {
  return text === undefined ? undefined : parseStrictJson(text)
}

function faultOf(text: string) {
  const parsed = parseStrictJson(text)
  return parsed.ok ? undefined : parsed.fault
}
