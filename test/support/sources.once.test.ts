import { describe, expect, test } from 'vitest'
import { parseSource } from './sources.ts'

const path = 'packages/server/src/issued/tokens/mint.ts'

describe('the imports of a source', () => {
  test.each([
    ["import { a } from '@keyporter/protocol'", '@keyporter/protocol'],
    [
      "import type {\n  A,\n  B,\n} from './rules.ts'",
      'packages/server/src/issued/tokens/rules.ts',
    ],
    ["import * as jose from 'jose'", 'jose'],
    ["import '../context.ts'", 'packages/server/src/issued/context.ts'],
    ["export * from '../apis/index.ts'", 'packages/server/src/issued/apis/index.ts'],
    ["export { a as b } from './a.ts'", 'packages/server/src/issued/tokens/a.ts'],
    ["const lazy = await import('node:fs')", 'node:fs'],
    ["type A = import('zod').ZodType", 'zod'],
  ])('%j are found', (text, expected) => {
    expect(parseSource(path, text).imports).toEqual([expected])
  })

  test.each([
    ["/**\n * ```ts\n * import { a } from 'server'\n * ```\n */\nconst a = 1"],
    ["// import { a } from 'server'"],
    ["export const from = 'server'"],
    ['const text = "import a from \'server\'"'],
  ])('%j has none', (text) => {
    expect(parseSource(path, text).imports).toEqual([])
  })

  test('each statement contributes its own import', () => {
    const text = "import a from 'a'\nimport { b } from 'b'\nexport const c = 1\nexport * from 'd'\n"
    expect(parseSource(path, text).imports).toEqual(['a', 'b', 'd'])
  })
})

describe('the code of a source', () => {
  test('contains no comment and no string', () => {
    const { code } = parseSource(
      path,
      "const a = 'process' // process\n/* process */ const url = 'http://process'",
    )
    expect(code).not.toContain('process')
    expect(code).toContain('const url')
  })

  test('contains the expressions of a template', () => {
    expect(parseSource(path, 'const a = `process ${now}`').code).toContain('${now}')
    expect(parseSource(path, 'const a = `process ${now}`').code).not.toContain('process')
  })
})
