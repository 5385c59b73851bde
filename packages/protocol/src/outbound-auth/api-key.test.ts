import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../../test/support/any-text.ts'
import {
  headerValues,
  outgoing,
  signingContext,
} from '../../../../test/support/outgoing-request.ts'
import { apiKey } from './api-key.ts'
import { bearer } from './bearer.ts'
import { headers } from './headers.ts'
import { SigningError } from './request.ts'

const inQuery = (query: string, value: string, name = 'key') =>
  apiKey.authenticate(
    { kind: 'api_key', name, value, in: 'query' },
    outgoing({ query }),
    signingContext,
  )

const inCookie = (cookies: readonly string[], value: string) =>
  apiKey.authenticate(
    { kind: 'api_key', name: 'sid', value, in: 'cookie' },
    outgoing({ headers: cookies.map((cookie) => ({ name: 'cookie', value: cookie })) }),
    signingContext,
  )

describe('an API key in the query', () => {
  test.each([
    ['', 'abc', 'key=abc'],
    ['b=2&a=1', 'abc', 'b=2&a=1&key=abc'],
    ['q=%7e%2B+x&&z', 'abc', 'q=%7e%2B+x&&z&key=abc'],
    ['a=1', 'a b+c&d=e/f?g#h%', 'a=1&key=a%20b%2Bc%26d%3De%2Ff%3Fg%23h%25'],
    ['', "~.-_!'()*", 'key=~.-_%21%27%28%29%2A'],
    ['', 'ключ', 'key=%D0%BA%D0%BB%D1%8E%D1%87'],
  ])('is appended to %s, and the rest stays unchanged', (query, value, expected) => {
    expect(inQuery(query, value).query).toBe(expected)
  })

  test.each(['key=mine', 'a=1&key=mine&key=again', 'k%65y=mine&a=1', 'key', 'key&a=1'])(
    'is the only one of its name: %s',
    (query) => {
      const pairs = [...new URLSearchParams(inQuery(query, 'ours').query)]
      expect(pairs.filter(([name]) => name === 'key')).toEqual([['key', 'ours']])
      expect(pairs.filter(([name]) => name === 'a').length).toBe(query.includes('a=1') ? 1 : 0)
    },
  )

  test('is decoded to the same text by a server', () => {
    fc.assert(
      fc.property(anyText, anyText, (name, value) => {
        const pairs = [...new URLSearchParams(inQuery('', value, name).query)]
        expect(pairs).toEqual([[name, value]])
      }),
    )
  })

  test('lists both spellings as secrets', () => {
    expect(inQuery('', 'a b').secrets).toEqual(['a b', 'a%20b'])
  })

  test('rejects a lone surrogate', () => {
    expect(() => inQuery('', '\ud800')).toThrow(SigningError)
  })
})

describe('an API key in a cookie', () => {
  test.each([
    [[], 'sid=abc'],
    [['a=1; b=2'], 'a=1; b=2; sid=abc'],
    [['a=1;b=2', ' c=3 ;'], 'a=1; b=2; c=3; sid=abc'],
    [['sid=mine; a=1; sid = again'], 'a=1; sid=abc'],
    [['sid'], 'sid=abc'],
  ])('is appended to %j, in one header', (cookies, expected) => {
    const sent = inCookie(cookies, 'abc')
    expect(headerValues(sent, 'Cookie')).toEqual([expected])
    expect(sent.secrets).toEqual(['abc'])
  })

  test('rejects a semicolon, which would start another cookie', () => {
    expect(() => inCookie([], 'abc; admin=1')).toThrow(SigningError)
  })
})

describe('a bearer token', () => {
  test.each([
    ['Bearer', 'Authorization', 'Bearer tok3n'],
    ['', 'X-Auth-Token', 'tok3n'],
    ['Token token', 'Authorization', 'Token token tok3n'],
  ])('after %j in %s is %s', (prefix, header, value) => {
    const auth = { kind: 'bearer', token: 'tok3n', prefix, header } as const
    const sent = bearer.authenticate(auth, outgoing(), signingContext)
    expect(sent.headers).toEqual([{ name: header, value }])
    expect(sent.secrets).toEqual(['tok3n', value])
  })

  test('rejects an empty token after a prefix', () => {
    const auth = { kind: 'bearer', token: '', prefix: 'Bearer', header: 'Authorization' } as const
    expect(() => bearer.authenticate(auth, outgoing(), signingContext)).toThrow(SigningError)
  })
})

describe('secret headers', () => {
  test('replace headers of the same names, and can be repeated', () => {
    const request = outgoing({
      headers: [
        { name: 'x_one', value: 'mine' },
        { name: 'X-Three', value: '3' },
      ],
    })
    const entries = [
      { name: 'X-One', value: 'a' },
      { name: 'X-Two', value: 'b' },
      { name: 'X-One', value: 'c' },
    ]
    const sent = headers.authenticate({ kind: 'headers', entries }, request, signingContext)
    expect(sent.headers).toEqual([{ name: 'X-Three', value: '3' }, ...entries])
    expect(sent.secrets).toEqual(['a', 'b', 'c'])
  })
})
