import { describe, expect, test } from 'vitest'
import {
  comparableFieldName,
  FIELD_NAME,
  FIELD_VALUE,
  fieldsNamedByConnection,
  isHopByHopField,
  isReservedField,
} from './http-fields.ts'

describe('a field name', () => {
  test.each(['X-Api-Key', "!#$%&'*+.^_`|~", '0'])('%s', (name) => {
    expect(FIELD_NAME.test(name)).toBe(true)
  })

  test.each(['', ' ', 'X Api', 'X:', 'X\r\n', 'Ü', 'X\n'])('%j is invalid', (name) => {
    expect(FIELD_NAME.test(name)).toBe(false)
  })

  test.each([
    ['X_Api_Key', 'x-api-key'],
    ['CONTENT-Length', 'content-length'],
  ])('%s is normalized to %s', (name, comparable) => {
    expect(comparableFieldName(name)).toBe(comparable)
  })
})

describe('a field value', () => {
  test.each(['', 'a', 'a b\tc', 'é'])('%j', (value) => {
    expect(FIELD_VALUE.test(value)).toBe(true)
  })

  test.each([' a', 'a ', 'a\r\nb', 'a\nb', 'a\0', '\u007f', 'ā', '\n'])(
    '%j is invalid',
    (value) => {
      expect(FIELD_VALUE.test(value)).toBe(false)
    },
  )
})

describe('a hop-by-hop field', () => {
  // RFC 9110 §7.6.1, and RFC 9110 §11.7 for those of proxies.
  test.each([
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'transfer_encoding',
    'Upgrade',
    'HTTP2-Settings',
    'Proxy-Connection',
    'Proxy-Authenticate',
    'Proxy_Authorization',
  ])('%s is hop-by-hop, and reserved', (name) => {
    expect([isHopByHopField(name), isReservedField(name)]).toEqual([true, true])
  })

  test.each(['Host', 'Content-Length', 'content_length', 'Expect'])('%s is reserved', (name) => {
    expect([isHopByHopField(name), isReservedField(name)]).toEqual([false, true])
  })

  test.each(['Authorization', 'X-Proxy-Id', 'Content-Type', 'Hostname', 'Te-St', 'Proxy'])(
    '%s is neither',
    (name) => {
      expect([isHopByHopField(name), isReservedField(name)]).toEqual([false, false])
    },
  )

  test('is also every field that Connection lists', () => {
    expect([...fieldsNamedByConnection(['close, X_Once', 'x-twice'])]).toEqual([
      'close',
      'x-once',
      'x-twice',
    ])
    expect(fieldsNamedByConnection([]).size).toBe(0)
  })
})
