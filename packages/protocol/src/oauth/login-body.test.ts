import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../../test/support/any-text.ts'
import { fillLoginBody, isValidLoginTemplate } from './login-body.ts'

describe('a login body', () => {
  test('in JSON contains only the encoded values', () => {
    const template = '{"user":{"name":"{{username}}"},"pass":"{{password}}","n":1}'
    fc.assert(
      fc.property(anyText, anyText, (username, password) => {
        const body = JSON.parse(fillLoginBody(template, 'json', { username, password }))
        expect(body).toEqual({ user: { name: username }, pass: password, n: 1 })
      }),
    )
  })

  test('in a form contains only the encoded values', () => {
    fc.assert(
      fc.property(anyText, anyText, (username, password) => {
        const body = fillLoginBody('u={{username}}&p={{password}}&u2={{username}}', 'form', {
          username,
          password,
        })
        expect([...new URLSearchParams(body)]).toEqual([
          ['u', username],
          ['p', password],
          ['u2', username],
        ])
      }),
    )
  })

  test('does not replace placeholders or replacement patterns within a value', () => {
    const values = { username: '{{password}}', password: '$&$1$$' }
    expect(JSON.parse(fillLoginBody('["{{username}}","{{password}}"]', 'json', values))).toEqual([
      '{{password}}',
      '$&$1$$',
    ])
  })

  test('keeps text that is not a placeholder', () => {
    const body = '{{ username }} {{user}} {username}'
    expect(fillLoginBody(body, 'form', { username: 'a', password: 'b' })).toBe(body)
  })
})

describe('a template', () => {
  test.each([
    ['{"u":"{{username}}","p":"{{password}}"}', true],
    ['"{{username}}:{{password}}"', true],
    ['{"u":{{username}}}', false],
    ['{"u":"{{username}}"', false],
    ['', false],
    ['u={{username}}', false],
  ])('%s is valid JSON: %s', (template, gives) => {
    expect(isValidLoginTemplate(template, 'json')).toBe(gives)
  })

  test('of a form can be any text', () => {
    expect(isValidLoginTemplate('u={{username}}', 'form')).toBe(true)
  })
})
