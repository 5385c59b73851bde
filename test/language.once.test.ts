import { describe, expect, it } from 'vitest'
import { readProse } from '../scripts/language/prose.mjs'
import { describeFinding, findPhrases, listTexts } from '../scripts/language.mjs'

describe('the texts of the repository', () => {
  it('use the standard terms of docs/glossary.md, and no banned phrase', () => {
    const findings = listTexts().flatMap((path) => findPhrases(path))
    expect(findings.map(describeFinding).join('\n')).toBe('')
  })
})

describe('the language check', () => {
  it('reads comments, strings of several words and JSX text, and no code', () => {
    const passages = readProse(
      'view.tsx',
      [
        '// A comment that',
        '// continues, with `anew` in code.',
        '/** @param {string} anew the name */',
        "const text = <Text title='A sentence.'>More text</Text>",
        "const anew = 'anew'",
      ].join('\n'),
    )
    expect(passages.map(({ kind, line, text }) => [kind, line, text.trim()])).toEqual([
      ['comment', 1, 'A comment that\n continues, with ‹code› in code.'],
      ['comment', 3, 'the name'],
      ['text', 4, 'A sentence.'],
      ['text', 4, 'More text'],
    ])
  })

  it('reads the names of tests and the labels in their tables, and no other string of a test', () => {
    const text =
      "describe('a name', () => it.each([['a label', 'Data of it']])('is %s too', () => f('a text')))"
    const passages = readProse('view.test.ts', text)
    expect(passages.map((passage) => passage.text)).toEqual(['a name', 'a label', 'is %s too'])
  })

  it('reads the descriptions of packages, types and lint rules', () => {
    const json = '{\n  "name": "anew",\n  "description": "A package."\n}'
    expect(readProse('packages/sdk/package.json', json)).toMatchObject([
      { line: 3, text: 'A package.' },
    ])
    const script = '/** @typedef {object} Anew a type that is read */'
    expect(readProse('file.mjs', script).map(({ text }) => text.trim())).toEqual([
      'a type that is read',
    ])
  })

  it('reads Markdown without its code blocks, except the comments of shell blocks', () => {
    const text = 'Prose.\n```sh\n# A comment\ncommand anew\n```\n```json\n{ "anew": 1 }\n```\n'
    const [passage] = readProse('page.md', text)
    expect(passage?.text.split('\n').filter((line) => line !== '')).toEqual([
      'Prose.',
      '# A comment',
    ])
  })

  it('finds a phrase that continues on the next line, and names its line and its replacement', () => {
    const text = 'const one = 1\n\n// The value stands\n// in another file.\n'
    expect(findPhrases('file.ts', text)).toMatchObject([
      { line: 3, found: 'stands in', use: 'is, is in, replaces' },
    ])
  })

  it.each([
    ['The api of a customer.', 'api'],
    ['What is absent has a default.', 'What is'],
    ['See check T30.', 'T30'],
    ['Row D9 of the list.', 'D9'],
  ])('finds a banned phrase in: %s', (text, found) => {
    expect(findPhrases('page.md', text).map((finding) => finding.found)).toEqual([found])
  })

  it.each([
    'Send `GET /v1/apis` to list the APIs.',
    'What is a token?',
    'Amazon S3 and UTF-8, HMAC-SHA-256.',
    'The server refuses to start.',
  ])('permits: %s', (text) => {
    expect(findPhrases('page.md', text)).toEqual([])
  })
})
