import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../test/support/any-text.ts'
import {
  decodeBase64,
  decodeBase64url,
  decodeHex,
  decodeUtf8,
  encodeBase64,
  encodeBase64url,
  encodeBase64urlText,
  encodeHex,
  encodeUtf8,
  equalBytes,
} from './bytes.ts'

const someBytes = fc.uint8Array({ maxLength: 200 })

describe('base64url', () => {
  test('matches the runtime and is reversible', () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        const text = encodeBase64url(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64url'))
        expect(decodeBase64url(text)).toEqual(bytes)
      }),
    )
  })

  test('of a text equals that of its UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), anyText), (text) => {
        expect(encodeBase64urlText(text)).toBe(Buffer.from(text).toString('base64url'))
      }),
    )
  })

  test('has one encoding for every byte array', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgwz09-_+/= \n') }), (text) => {
        const bytes = decodeBase64url(text)
        if (bytes !== undefined) expect(encodeBase64url(bytes)).toBe(text)
      }),
    )
  })

  test.each([
    ['padding', 'Zg=='],
    ['a single character of a group', 'Zm9vY'],
    ['nonzero unused bits of two characters', 'Zh'],
    ['nonzero unused bits of three characters', 'Zm9vYmF'],
    ['the alphabet of base64', '-_8+'],
    ['a line break in the middle', 'Zm9v\nYmFy'],
    ['a space at the end', 'Zm9v '],
    ['a character beyond ASCII', 'Zm9vŀ'],
    ['NUL', 'Zm9\0'],
  ])('rejects %s', (_, text) => {
    expect(decodeBase64url(text)).toBeUndefined()
  })
})

describe('base64', () => {
  test('matches the runtime and is reversible', () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        const text = encodeBase64(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64'))
        expect(decodeBase64(text)).toEqual(bytes)
      }),
    )
  })

  test.each([
    ['missing padding', 'Zg'],
    ['truncated padding', 'Zg='],
    ['only padding', '=='],
    ['four padding characters', '===='],
    ['padding in the middle', 'Zg==Zg=='],
    ['nonzero unused bits', 'Zh=='],
    ['the alphabet of base64url', '-_8='],
    ['white space', 'Zg= '],
  ])('rejects %s', (_, text) => {
    expect(decodeBase64(text)).toBeUndefined()
  })
})

describe('hex', () => {
  test('is reversible, in upper and lower case', () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        const text = encodeHex(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('hex'))
        expect(decodeHex(text)).toEqual(bytes)
        expect(decodeHex(text.toUpperCase())).toEqual(bytes)
      }),
    )
  })

  test.each(['0', '0g', 'g0', ' 0', '0x', '٠٠'])('rejects %j', (text) => {
    expect(decodeHex(text)).toBeUndefined()
  })
})

describe('UTF-8', () => {
  test('is reversible', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toBe(text)
      }),
    )
  })

  test('keeps a byte order mark', () => {
    expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b))).toBe('\ufeff{')
  })

  test.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong encoding of a slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code point beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a truncated sequence', [0xe2, 0x82]],
  ])('rejects %s', (_, bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined()
  })
})

describe('equality', () => {
  test('is true for a copy, and false for a difference of one bit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.nat(), (bytes, seed) => {
        const flipped = bytes.slice()
        const index = seed % bytes.length
        flipped[index] = (bytes[index] ?? 0) ^ (1 << (seed % 8))
        expect(equalBytes(bytes, bytes.slice())).toBe(true)
        expect(equalBytes(bytes, flipped)).toBe(false)
      }),
    )
  })

  test('is false for different lengths', () => {
    expect(equalBytes(Uint8Array.of(0), Uint8Array.of(0, 0))).toBe(false)
    expect(equalBytes(new Uint8Array(), new Uint8Array())).toBe(true)
  })
})
