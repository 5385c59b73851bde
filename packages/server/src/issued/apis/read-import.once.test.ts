import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../../../test/support/any-text.ts'
import { requireVectors } from '../../../../../test/support/vectors.ts'
import { readImport } from './read-import.ts'

const MEMORY_BYTES_MAX = 16 * 1024 * 1024
const YAML = 'openapi: 3.1.0\npaths:\n  /a:\n    get: {tags: [A]}\n'
const JSON_TEXT = '{"openapi":"3.1.0","paths":{"/a":{"get":{"tags":["A"]}}}}'

describe('does', () => {
  test.each([
    ['an object', JSON.parse(JSON_TEXT)],
    ['JSON text', JSON_TEXT],
    ['JSON text after a byte order mark', `\uFEFF \n${JSON_TEXT}`],
    ['YAML text', YAML],
    ['YAML text after a byte order mark', `\uFEFF${YAML}`],
    ['YAML text with its marker, a comment and a directive', `%YAML 1.2\n# c\n---\n${YAML}...\n`],
    ['YAML text with an alias', `x: &get {tags: [A]}\n${YAML.replace('{tags: [A]}', '*get')}`],
  ])('reads a document that is %s', (_, openapi) => {
    expect(read({ openapi })).toMatchObject({ ok: true, map: { permissions: ['A_READ'] } })
  })

  test('returns the other options; `apply` is false by default', () => {
    const asked = {
      identifier: 'https://api.example.com',
      name: ' Example ',
      permissionPattern: 'Needs: *',
      fallback: 'tags',
      apiId: 'api_1',
    }
    expect(read({ openapi: YAML, ...asked })).toMatchObject({
      ok: true,
      request: { ...asked, name: 'Example', apply: false },
    })
    expect(read({ openapi: YAML, apply: true })).toMatchObject({ request: { apply: true } })
  })

  test('accepts names of inherited properties, in JSON and YAML', () => {
    const json = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},'
    const yaml = '__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\n'
    expect(read({ openapi: JSON_TEXT.replace('{', json) }).ok).toBe(true)
    expect(read({ openapi: `${yaml}${YAML}` }).ok).toBe(true)
    expect(readText(`{"openapi":${JSON_TEXT.replace('{', json)}}`).ok).toBe(true)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('accepts numbers without an exact double representation, such as 2^63 - 1', () => {
    const components = '"components":{"x":[9223372036854775807,1e400,-0.0]}'
    expect(readText(`{"openapi":${JSON_TEXT.slice(0, -1)},${components}}}`).ok).toBe(true)
  })
})

describe('rejects', () => {
  test.each([
    ['nothing', '', '', 'json_syntax'],
    ['text that is not JSON', '{"openapi":', '', 'json_syntax'],
    ['a byte order mark', '\uFEFF{}', '', 'json_syntax'],
    ['a duplicate field', '{"openapi":{},"openapi":{}}', '', 'json_duplicate_name'],
    ['a duplicate field, once escaped', '{"a":1,"\\u0061":2}', '', 'json_duplicate_name'],
    ['a list', '[]', '', 'invalid_type'],
    ['no document', '{}', '/openapi', 'invalid'],
    ['a document of the wrong type', '{"openapi":[]}', '/openapi', 'invalid'],
    ['an unknown field', '{"openapi":{},"secret":1}', '', 'unknown_field'],
    ['a field of the wrong type', '{"openapi":{},"apply":"yes"}', '/apply', 'invalid_type'],
    ['an unknown fallback', '{"openapi":{},"fallback":"x"}', '/fallback', 'invalid_value'],
    [
      'an invalid pattern',
      '{"openapi":{},"permissionPattern":"x"}',
      '/permissionPattern',
      'pattern_invalid',
    ],
  ])('a body with %s', (_, body, pointer, code) => {
    expect(problemsOf(readText(body))).toEqual([{ pointer, code, detail: expect.any(String) }])
  })

  test('a body that is not UTF-8', () => {
    const outcome = readImport({
      bytes: new Uint8Array([0x22, 0xff, 0x22]),
      memoryBytesMax: MEMORY_BYTES_MAX,
    })
    expect(outcome).toMatchObject({ problems: [{ pointer: '', code: 'encoding_invalid' }] })
  })

  test.each([
    ['empty text', '', 'yaml_not_one_document'],
    ['two documents', `${YAML}---\n${YAML}`, 'yaml_not_one_document'],
    ['prose', 'hello', 'document_not_object'],
    ['JSON with a trailing comma', '{"a": 1,}', 'json_syntax'],
    ['a duplicate name in JSON', '{"a":{"b":1,"b":2}}', 'json_duplicate_name'],
    ['a duplicate name in YAML', 'a: {b: 1, b: 2}', 'yaml_duplicate_name'],
    ['tab indentation', 'a:\n\tb: 1', 'yaml_syntax'],
    ['an unterminated flow sequence', 'a: [1, 2', 'yaml_syntax'],
    ['a NUL', 'a: "\0"', 'yaml_syntax'],
    ['a name that is not a string', '? [a]\n: b', 'yaml_syntax'],
    ['an unknown alias', 'a: *b', 'yaml_syntax'],
    ['a tag of YAML 1.1', 'a: !!binary aGk=', 'yaml_syntax'],
    ['a tag that constructs an object', 'a: !!js/function "function () {}"', 'yaml_syntax'],
    ['a merge key', 'a: &a {b: 1}\nc:\n  <<: *a', 'yaml_merge_key'],
    ['a cyclic alias', 'a: &a {b: [*a]}', 'yaml_alias_cyclic'],
    ['a version that YAML parses as a number', 'openapi: 3.1\npaths: {}', 'version_missing'],
  ])('a document that is %s', (_, openapi, code) => {
    expect(problemsOf(read({ openapi })).map((problem) => problem.code)).toEqual([code])
  })

  test('faults in a document, with a pointer into the body', () => {
    const operation = { security: [{ oauth: ['admin'] }] }
    const document = { openapi: '3.1.0', paths: { '/a': { get: operation } } }
    for (const openapi of [document, JSON.stringify(document)]) {
      expect(problemsOf(read({ openapi }))).toMatchObject([
        { pointer: '/openapi/paths/~1a/get/security', code: 'permission_inexpressible' },
      ])
    }
  })

  test.each([
    ['JSON', '{\n  "a": 1,\r\n  "b": nul\n}', 'line 3, column 8'],
    ['truncated JSON', '{\r\r"a": [', 'line 3, column 7'],
    ['YAML', 'a: 1\nb:\n  - c\n d: 1\n', 'line 4, column 2'],
    ['YAML names', 'a: 1\r\na: 2\r\n', 'line 2, column 1'],
    ['YAML aliases', 'a: &a\n  b:\n    - *a', 'line 3, column 8'],
  ])('%s, with line and column', (_, openapi, place) => {
    expect(problemsOf(read({ openapi }))[0]?.detail).toContain(`(${place})`)
  })

  test('without repeating the input', () => {
    const documents = [
      'a: *hunter2',
      'a: !hunter2 b',
      'a: !<hunter2> b',
      'a: !!hunter2 b',
      'a: !e!hunter2 b',
      '%TAG !e! tag:hunter2\n%TAG !e! tag:hunter2\n---\na',
      'hunter2: [',
      'hunter2: 1\nhunter2: 2',
      'a: !hunter2"x" b',
      '{"hunter2": hunter2}',
      '{"hunter2":1,"hunter2":2}',
    ]
    const bodies = [
      ...documents.map((openapi) => JSON.stringify({ openapi })),
      '{"openapi":{},"hunter2":1}',
      '{"openapi":{},"fallback":"hunter2","apply":"hunter2","apiId":["hunter2"]}',
      '{"openapi":{},"identifier":"hunter2","name":"hunter2\\u0000"}',
    ]
    for (const body of bodies) {
      const outcome = readText(body)
      expect(outcome.ok).toBe(false)
      expect(JSON.stringify(outcome)).not.toContain('hunter2')
    }
  })
})

describe('survives', () => {
  test.each([
    ['JSON arrays without end', '['.repeat(1_000_000), 'json_too_deep'],
    ['JSON objects without end', '{"a":'.repeat(300_000), 'json_too_deep'],
    ['more JSON values than memory', `[${'{},'.repeat(100_000)}0]`, 'json_too_many_values'],
    ['YAML flows without end', `a: ${'['.repeat(10_000)}`, 'yaml_too_deep'],
    ['YAML flow maps without end', `a: ${'{b: '.repeat(8_000)}`, 'yaml_too_deep'],
    ['YAML sequences without end', `${'- '.repeat(20_000)}a`, 'yaml_too_deep'],
    ['YAML maps without end', indented(400), 'yaml_too_deep'],
    ['YAML keys of keys', `${'? '.repeat(20_000)}a`, 'yaml_too_deep'],
    ['more YAML nodes than memory', `a: [${'[],'.repeat(100_000)}0]`, 'yaml_too_many_values'],
    ['more YAML lines than memory', 'a:\n'.repeat(100_000), 'yaml_too_many_values'],
    ['a billion laughs', billionLaughs(12), 'yaml_alias_expansion'],
    ['an expansion beyond the range of numbers', billionLaughs(1_000), 'yaml_alias_expansion'],
  ])('%s', (_, openapi, code) => {
    expect(problemsOf(read({ openapi }))[0]?.code).toBe(code)
  })

  test('deeply nested arrays in the body', () => {
    const body = `{"openapi":${'['.repeat(1_000_000)}`
    expect(problemsOf(readText(body))).toMatchObject([{ pointer: '', code: 'json_too_deep' }])
  })

  test('any text as a document', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('', '{', '[', 'a: ', 'a:\n - '), (text, start) => {
        expect(read({ openapi: `${start}${text}` }).ok).toBe(false)
      }),
    )
  })

  test('a document truncated at any position', (ctx) => {
    const text = readFileSync(requireVectors(ctx, 'openapi', 'sedna.json'), 'utf8').trimEnd()
    fc.assert(
      fc.property(fc.nat(text.length - 1), (end) => {
        expect(read({ openapi: text.slice(0, end) }).ok).toBe(false)
      }),
      { numRuns: 30 },
    )
  })
})

/** Builds a "billion laughs" document: a few lines of aliases that expand to billions of nodes. */
function billionLaughs(levels: number): string {
  const lines = Array.from({ length: levels }, (_, level) => {
    const one = level === 0 ? 'ha' : `*l${level - 1}`
    return `l${level}: &l${level} [${Array.from({ length: 9 }, () => one).join(', ')}]`
  })
  return lines.join('\n')
}

function indented(levels: number): string {
  return Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}a:`).join('\n')
}

function read(body: unknown) {
  return readText(JSON.stringify(body))
}

function readText(body: string) {
  return readImport({ bytes: new TextEncoder().encode(body), memoryBytesMax: MEMORY_BYTES_MAX })
}

function problemsOf(outcome: ReturnType<typeof readImport>) {
  return outcome.ok ? [] : outcome.problems
}
