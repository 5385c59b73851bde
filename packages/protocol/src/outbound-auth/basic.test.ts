import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../../test/support/any-text.ts'
import {
  headerValues,
  outgoing,
  signingContext,
} from '../../../../test/support/outgoing-request.ts'
import { readVectors } from '../../../../test/support/vectors.ts'
import { basic } from './basic.ts'
import { SigningError } from './request.ts'

type BasicVectors = { cases: { username: string; password: string; header: string }[] }

const signIn = (username: string, password: string) =>
  basic.authenticate({ kind: 'basic', username, password }, outgoing(), signingContext)

describe('does', () => {
  test('every published vector matches', (ctx) => {
    const { cases } = readVectors<BasicVectors>(ctx, 'http-basic', 'vectors.json')
    expect(cases.length).toBeGreaterThan(0)
    for (const { username, password, header } of cases) {
      expect(headerValues(signIn(username, password), 'Authorization')).toEqual([header])
    }
  })

  test('the pair is UTF-8 in NFC, and the password is everything after the first colon', () => {
    const texts = anyText.filter((text) => !/\p{Cc}/u.test(text))
    fc.assert(
      fc.property(texts, texts, (name, password) => {
        const username = name.replaceAll(':', '')
        const [value = ''] = headerValues(signIn(username, password), 'Authorization')
        const pair = Buffer.from(value.replace(/^Basic /, ''), 'base64').toString()
        const colon = pair.indexOf(':')
        expect(pair.slice(0, colon)).toBe(username.normalize())
        expect(pair.slice(colon + 1)).toBe(password.normalize())
      }),
    )
  })

  test('its secrets match echoes of the header, the pair and the password', () => {
    const { secrets } = signIn('Aladdin', 'open sesame')
    for (const echo of [
      'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
      'QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
      'QWxhZGRpbjpvcGVuIHNlc2FtZQ',
      'Aladdin:open sesame',
      'open sesame',
    ]) {
      expect(secrets).toContain(echo)
    }
    expect(secrets).not.toContain('Aladdin')
  })
})

describe('rejects', () => {
  test.each([
    ['a colon in the user name', 'a:b', 'c'],
    ['a control character in the user name', 'a\x01', 'c'],
    ['a line break in the password', 'a', 'b\nc'],
    ['a lone surrogate', 'a', '\udc00'],
  ])('%s', (_, username, password) => {
    expect(() => signIn(username, password)).toThrow(SigningError)
  })
})
