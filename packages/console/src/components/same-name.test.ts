import { describe, expect, it } from 'vitest'
import { isSameName } from './same-name.ts'

describe('two names are equal', () => {
  it('if they differ only in surrounding white space or Unicode composition', () => {
    expect(isSameName('Zeus', 'Zeus')).toBe(true)
    expect(isSameName(' Zeus production\t', 'Zeus production')).toBe(true)
    expect(isSameName('Zu\u0308rich', 'Z\u00fcrich')).toBe(true)
    expect(isSameName('Z\u00fcrich', 'Zu\u0308rich')).toBe(true)
  })
})

describe('two names differ', () => {
  it.each(['', 'zeus', 'Zeus', 'Zeus  production', 'Zeus production 2'])(
    '%j and ‘Zeus production’',
    (typed) => {
      expect(isSameName(typed, 'Zeus production')).toBe(false)
    },
  )
})
