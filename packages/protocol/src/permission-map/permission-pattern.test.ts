import { describe, expect, test } from 'vitest'
import { cpuMilliseconds } from '../../../../test/support/cpu-time.ts'
import { findNames, parsePermissionPattern } from './permission-pattern.ts'

describe('a pattern', () => {
  test.each([
    ['Required API Permissions: *', 'Required API Permissions:', ''],
    ['Needs: *</p>', 'Needs:', '</p>'],
    ['**Needs**: * .', '**Needs**:', '.'],
  ])('matches the names with its last star: %s', (pattern, before, after) => {
    expect(parsePermissionPattern(pattern)).toEqual({ before, after })
  })

  test.each(['', '*', '  *x', 'none', 'a\u2028*', `${'a'.repeat(200)}*`])(
    'cannot be %j',
    (text) => {
      expect(parsePermissionPattern(text)).toBeUndefined()
    },
  )
})

describe('the names in a description', () => {
  test.each([
    ['Needs: A_READ', ['A_READ']],
    ['Needs:A_READ,B_READ', ['A_READ', 'B_READ']],
    ['First.\r\nNeeds: A_READ B_READ\r\nC_READ', ['A_READ', 'B_READ']],
    ['**Needs:** `A_READ`, `B_READ` and "C_READ".', ['A_READ', 'B_READ', 'C_READ']],
    ['Needs: A_READ\nNeeds: B_READ', ['A_READ', 'B_READ']],
    ['Needs: none', []],
    ['Needs: None.', []],
    ['Needs:', []],
    ['needs: A_READ', []],
    ['', []],
    // Invalid names are returned as well; the caller reports them as problems.
    ['Needs: A_READ or B_READ', ['A_READ', 'or', 'B_READ']],
  ])('%j', (description, names) => {
    expect(findNames(description, { before: 'Needs:', after: '' })).toEqual(names)
  })

  test('end before every occurrence of the text after the star', () => {
    const description = '<i>Needs: A_READ</i> or so. <i>Needs: B_READ</i> <i>Needs: C_READ'
    expect(findNames(description, { before: 'Needs:', after: '</i>' })).toEqual([
      'A_READ',
      'B_READ',
    ])
  })

  test.each([
    ['one long line of the first text', 'Needs: '.repeat(30_000)],
    ['many lines', 'Needs: a\n'.repeat(30_000)],
    ['white space', `Needs: ${' ,'.repeat(100_000)}`],
    ['brackets', `Needs: ${'(['.repeat(100_000)}`],
  ])('are found in linear time: %s', (_, description) => {
    expect(
      cpuMilliseconds(() => findNames(description, { before: 'Needs:', after: '</i>' })),
    ).toBeLessThan(200)
  })
})
