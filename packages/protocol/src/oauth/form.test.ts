import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../../test/support/any-text.ts'
import { decodeFormComponent, encodeFormComponent, parseForm } from './form.ts'

describe('does', () => {
  test('parses the output of URLSearchParams, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, anyText), { maxLength: 20 }), (pairs) => {
        const form = formOf(new URLSearchParams(pairs).toString())
        for (const [name] of pairs) {
          const values = pairs.filter(([other]) => other === name).map(([, value]) => value)
          expect(form.all(name)).toEqual(values)
          expect(form.get(name)).toBe(values[0])
          expect(form.repeated.includes(name)).toBe(values.length > 1)
        }
      }),
    )
  })

  test('names have no special meaning', () => {
    const form = formOf('__proto__=1&a[b]=2&a[]=3&constructor=4&toString=5')
    expect(form.get('__proto__')).toBe('1')
    expect(form.get('a[b]')).toBe('2')
    expect(form.get('a')).toBeUndefined()
    expect(form.get('hasOwnProperty')).toBeUndefined()
    expect(form.repeated).toEqual([])
    expect(Reflect.get({}, 'b')).toBeUndefined()
  })

  test.each([
    ['', 'a', []],
    ['a', 'a', ['']],
    ['a=', 'a', ['']],
    ['a=b=c', 'a', ['b=c']],
    ['&&a=1&', 'a', ['1']],
    ['a=1;b=2', 'a', ['1;b=2']],
    ['a=1;b=2', 'b', []],
    ['=1', '', ['1']],
    ['a=%2B+%c3%A4', 'a', ['+ ä']],
    ['a=ä', 'a', ['ä']],
    ['%61=1&a=2', 'a', ['1', '2']],
  ])('reads %j: %s is %j', (body, name, values) => {
    expect(formOf(body).all(name)).toEqual(values)
  })

  test('accepts 100 pairs by default, or up to pairsMax', () => {
    expect(parseForm('a=1&'.repeat(100)).ok).toBe(true)
    expect(parseForm('a=1&b=2', { pairsMax: 2 }).ok).toBe(true)
  })
})

test('an encoded form component is decoded to the same text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const parsed = parseForm(`x=${encodeFormComponent(text)}`)
      expect(parsed.ok && parsed.form.get('x')).toBe(text)
    }),
  )
})

describe('rejects', () => {
  test.each([
    'a=%',
    'a=%2',
    'a=%zz',
    '%zz=a',
    'a=%ff',
    'a=%c0%af',
    'a=%ed%a0%80',
    'a=\ud800',
    'a=%u0041',
  ])('%j as malformed', (body) => {
    expect(parseForm(body)).toEqual({ ok: false, fault: 'malformed' })
  })

  test('more than pairsMax pairs, without parsing 10,000 of them', () => {
    expect(parseForm('a=1&'.repeat(101))).toEqual({ ok: false, fault: 'too_many' })
    expect(parseForm('a=1&b=2&c=3', { pairsMax: 2 })).toEqual({ ok: false, fault: 'too_many' })
    expect(parseForm('a&'.repeat(10_000))).toEqual({ ok: false, fault: 'too_many' })
  })

  test('invalid bodies without throwing', () => {
    const body = fc.string({ unit: fc.constantFrom(...'ab=&;%+0fF\ud800é') })
    fc.assert(
      fc.property(body, (each) => {
        expect(typeof parseForm(each).ok).toBe('boolean')
      }),
    )
  })

  test('a component with invalid UTF-8', () => {
    expect(decodeFormComponent('%e2%82')).toBeUndefined()
    expect(decodeFormComponent('%E2%82%AC+')).toBe('€ ')
  })
})

function formOf(body: string) {
  const result = parseForm(body)
  if (!result.ok) throw new Error(result.fault)
  return result.form
}
