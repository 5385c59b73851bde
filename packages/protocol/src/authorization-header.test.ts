import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../test/support/any-text.ts'
import { readVectors } from '../../../test/support/vectors.ts'
import { formatChallenge, parseAuthorization } from './authorization-header.ts'

type BasicVectors = {
  cases: { username: string; password: string; header: string }[]
  invalid: { header: string; valid?: boolean }[]
  oauth_example: { client_id: string; client_secret: string; header: string }
}

const basic = (userPass: string) => `Basic ${Buffer.from(userPass).toString('base64')}`
const printable = fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Cc}/u.test(text))

/** Four equivalent encodings of OAuth libraries. */
const ENCODERS: readonly ((half: string) => string)[] = [
  (half) => new URLSearchParams({ '': half }).toString().slice(1),
  (half) => encodeURIComponent(half),
  (half) => encodeURIComponent(half).replaceAll(/[-_.!~*'()]/g, percent),
  (half) => half.replaceAll(/[%+:]/g, percent),
]

describe('basic vectors', () => {
  test('every case is parsed, with the user name in NFC', (ctx) => {
    const { cases } = readVectors<BasicVectors>(ctx, 'http-basic', 'vectors.json')
    for (const { header, username, password } of cases) {
      expect(parseAuthorization(header)).toEqual({
        kind: 'basic',
        username: username.normalize(),
        password: password.normalize(),
      })
    }
  })

  test('every malformed header is rejected', (ctx) => {
    const { invalid } = readVectors<BasicVectors>(ctx, 'http-basic', 'vectors.json')
    for (const { header, valid } of invalid) {
      const kind = valid === true ? 'basic' : 'malformed'
      expect([header, parseAuthorization(header).kind]).toEqual([header, kind])
    }
  })

  test('the example of RFC 6749 §2.3.1 is decoded', (ctx) => {
    const { oauth_example } = readVectors<BasicVectors>(ctx, 'http-basic', 'vectors.json')
    expect(parseAuthorization(oauth_example.header)).toEqual({
      kind: 'basic',
      username: oauth_example.client_id,
      password: oauth_example.client_secret,
    })
  })
})

describe('does', () => {
  test('decodes client ID and secret in the encodings of all libraries', () => {
    fc.assert(
      fc.property(
        printable,
        printable,
        fc.constantFrom(...ENCODERS),
        (username, password, encode) => {
          const header = basic(`${encode(username)}:${encode(password)}`)
          expect(parseAuthorization(header)).toEqual({ kind: 'basic', username, password })
        },
      ),
    )
  })

  test('decoding does not change our client IDs and secrets', () => {
    const plain = parseAuthorization(basic('kpc_live_a1:kp_live_b2'))
    expect(parseAuthorization(basic('kpc%5Flive%5Fa1:kp%5flive%5Fb2'))).toEqual(plain)
    expect(plain).toEqual({ kind: 'basic', username: 'kpc_live_a1', password: 'kp_live_b2' })
  })

  test.each(['basic YTpi', 'BASIC YTpi', 'Basic   YTpi'])('reads %j', (header) => {
    expect(parseAuthorization(header)).toEqual({ kind: 'basic', username: 'a', password: 'b' })
  })

  test('user name and password can be empty', () => {
    expect(parseAuthorization(basic(':'))).toEqual({ kind: 'basic', username: '', password: '' })
  })

  test.each([
    ['Bearer kp_live_abc', 'kp_live_abc'],
    ['bearer a.b-c~d+e/f==', 'a.b-c~d+e/f=='],
  ])('reads %j', (header, token) => {
    expect(parseAuthorization(header)).toEqual({ kind: 'bearer', token })
  })

  test('a challenge escapes quotes and backslashes', () => {
    expect(formatChallenge('Basic', { realm: 'keyporter', charset: 'UTF-8' })).toBe(
      'Basic realm="keyporter", charset="UTF-8"',
    )
    expect(formatChallenge('Bearer', {})).toBe('Bearer')
    expect(formatChallenge('Bearer', { realm: 'a "b" \\c' })).toBe('Bearer realm="a \\"b\\" \\\\c"')
  })
})

describe('rejects', () => {
  test.each([
    ['no credentials', 'Basic'],
    ['only white space as credentials', 'Basic   '],
    ['no colon', basic('kpc_live_a1')],
    ['a broken escape', basic('a%zz:b')],
    ['a truncated escape', basic('a:b%2')],
    ['escapes that are not UTF-8', basic('a:%ff')],
    ['bytes that are not UTF-8', `Basic ${Buffer.from('fe3aff', 'hex').toString('base64')}`],
    ['a control character', basic('a\nb:c')],
    ['an escaped control character', basic('a:b%00')],
    ['base64 without its padding', 'Basic YTpiYw'],
    ['base64url', 'Basic Pz8_Oj8='],
    ['unused bits', 'Basic YTq='],
    ['a tab before the credentials', 'Basic \tYTpi'],
    ['white space after them', 'Basic YTpi '],
    ['more than 8 KiB', basic(`a:${'b'.repeat(8_192)}`)],
  ])('Basic with %s', (_, header) => {
    expect(parseAuthorization(header)).toEqual({ kind: 'malformed', scheme: 'basic' })
  })

  test.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a"b',
    'Bearer =',
    'Bearer ä',
    `Bearer ${'a'.repeat(8_192)}`,
  ])('%j', (header) => {
    expect(parseAuthorization(header)).toEqual({ kind: 'malformed', scheme: 'bearer' })
  })

  test.each([
    '',
    ' ',
    'Digest username="a"',
    'Basic\tYTpi',
    ' Basic YTpi',
    'Bäsic YTpi',
    'Basic,YTpi',
    'YTpi',
  ])('%j, as an unknown scheme', (header) => {
    expect(parseAuthorization(header)).toEqual({ kind: 'unsupported' })
  })

  test('every other header without throwing', () => {
    fc.assert(
      fc.property(fc.constantFrom('Basic ', 'Bearer ', ''), anyText, (scheme, rest) => {
        expect(parseAuthorization(scheme + rest).kind).toMatch(
          /^(basic|bearer|malformed|unsupported)$/,
        )
      }),
    )
  })

  test.each(['a\r\nSet-Cookie: b', 'a\0', 'ä'])(
    '%j as a parameter value of a challenge',
    (value) => {
      expect(() => formatChallenge('Basic', { realm: value })).toThrow(TypeError)
    },
  )

  test('a parameter name that is not a token', () => {
    expect(() => formatChallenge('Basic', { 'a b': 'c' })).toThrow(TypeError)
  })
})

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
