import { describe, expect, it } from 'vitest'
import { isSameName } from './same-name.ts'

describe('does', () => {
  it('takes a name as it stands, with white space around it, and with accents composed or not', () => {
    expect(isSameName('Zeus', 'Zeus')).toBe(true)
    expect(isSameName(' Zeus production\t', 'Zeus production')).toBe(true)
    expect(isSameName('Zu\u0308rich', 'Z\u00fcrich')).toBe(true)
    expect(isSameName('Z\u00fcrich', 'Zu\u0308rich')).toBe(true)
  })
})

describe('refuses', () => {
  it.each(['', 'zeus', 'Zeus', 'Zeus  production', 'Zeus production 2'])(
    '%j in the place of ‘Zeus production’',
    (typed) => {
      expect(isSameName(typed, 'Zeus production')).toBe(false)
    },
  )
})
