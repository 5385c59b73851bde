import { describe, expect, it } from 'vitest'
import { lengthOf, shortenTo } from './text-length.ts'

describe('the length of a text', () => {
  it('counts code points: an emoji once, a letter with a combining accent once', () => {
    expect(lengthOf('')).toBe(0)
    expect(lengthOf('Zeus')).toBe(4)
    expect(lengthOf('😀'.repeat(64))).toBe(64)
    expect(lengthOf('u\u0308'.repeat(250))).toBe(250)
  })

  it('limits a text without splitting a code point', () => {
    expect(shortenTo(5, 'Zeus')).toBe('Zeus')
    expect(shortenTo(3, '😀😀😀😀')).toBe('😀😀😀')
    expect(shortenTo(2, 'u\u0308u\u0308u\u0308')).toBe('üü')
  })
})
