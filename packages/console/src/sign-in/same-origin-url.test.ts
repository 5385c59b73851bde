import { expect, it } from 'vitest'
import { sameOriginUrl } from './same-origin-url.ts'

const origin = 'https://keys.example.com'

it.each(['/audit', '/credentials?status=revoked&q=zeus', '/credentials/cred_1/usage'])(
  '%s is a URL of the console',
  (next) => {
    expect(sameOriginUrl(next, origin)).toBe(`${origin}${next}`)
  },
)

it.each([
  undefined,
  'https://evil.example/',
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'http://keys.example.com/',
  'https://keys.example.com@evil.example/',
  'https://keys.example.com.evil.example/',
])('%s is replaced by the first page', (next) => {
  expect(sameOriginUrl(next, origin)).toBe(`${origin}/`)
})

it.each(['/.//evil.example', '/%2e//evil.example', '/a/..//evil.example'])(
  '%s keeps the console’s host',
  (next) => {
    expect(new URL(sameOriginUrl(next, origin)).host).toBe('keys.example.com')
    expect(sameOriginUrl(next, origin)).toMatch(/^https:/)
  },
)
