import { describe, expect, it } from 'vitest'
import { csvLine } from './csv.ts'

describe('csvLine', () => {
  it('writes cells unchanged and null as an empty cell', () => {
    expect(csvLine(['a', null, 17, 'Ada Lovelace'])).toBe('a,,17,Ada Lovelace\r\n')
  })

  it('doubles quotes, and quotes cells with separators or line breaks', () => {
    expect(csvLine(['say "no"', 'a,b', 'a\nb', 'a\rb', ' a', 'a;b'])).toBe(
      '"say ""no""","a,b","a\nb","a\rb"," a","a;b"\r\n',
    )
  })

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '\0=1',
    '＝1',
    '＋1',
    '－1',
    '＠1',
  ])('prefixes %j with an apostrophe', (cell) =>
    expect(csvLine([cell]).replaceAll('"', '').startsWith(`'${cell}`)).toBe(true),
  )

  it('prefixes and quotes a formula with quotes', () => {
    expect(csvLine(['=HYPERLINK("http://evil","x")'])).toBe(
      `"'=HYPERLINK(""http://evil"",""x"")"\r\n`,
    )
  })
})
