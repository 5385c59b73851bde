import { describe, expect, it } from 'vitest'
import { checkConfiguredUrl } from './addresses.ts'

const allowed = () => undefined
const checked = (text: string, use: 'base' | 'endpoint' = 'base') => {
  const result = checkConfiguredUrl(text, { pointer: '/baseUrl', use, checkUrl: allowed })
  return result.ok ? result.url : result.problem.code
}

describe('an address', () => {
  it.each([
    ['https://API.Example.com:443/v2/', 'https://api.example.com/v2'],
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com///', 'https://api.example.com'],
    ['HTTPS://api.example.com/a/../b', 'https://api.example.com/b'],
    ['https://api.example.com:8443/a%2Fb', 'https://api.example.com:8443/a%2Fb'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example'],
  ])('%s is normalized to %s', (text, url) => expect(checked(text)).toBe(url))

  it.each([
    'api.example.com',
    '//api.example.com',
    '/v2',
    'https:api.example.com',
    'https:///api.example.com',
    'https://',
    'ftp://api.example.com',
    'file:///etc/passwd',
    'https://user@api.example.com',
    'https://user:password@api.example.com',
    'https://@api.example.com',
    'https://evil.example\\@api.example.com',
    'https://api.example.com#',
    'https://api.example.com/v2#a',
    'https://api.example.com?',
    'https://api.example.com/v2?key=a',
    'https://api.example.com/a b',
    ' https://api.example.com',
    'https://api.exa\tmple.com',
    'https://api.example.com/\r\nX: a',
    'https://[::1',
  ])('%s is not accepted as a base URL', (text) => expect(checked(text)).toBe('invalid'))

  it('of an endpoint can contain a query, and is called unchanged', () => {
    expect(checked('https://ID.example.com/token/?tenant=a', 'endpoint')).toBe(
      'https://id.example.com/token/?tenant=a',
    )
    expect(checked('https://id.example.com/token#a', 'endpoint')).toBe('invalid')
    expect(checked('https://a@id.example.com/token', 'endpoint')).toBe('invalid')
  })

  it('that is not allowed gets its own code with the reason', () => {
    const checkUrl = () => ({ code: 'private', detail: 'Private address' })
    expect(
      checkConfiguredUrl('https://10.0.0.1', {
        pointer: '/auth/tokenUrl',
        use: 'endpoint',
        checkUrl,
      }),
    ).toEqual({
      ok: false,
      problem: {
        pointer: '/auth/tokenUrl',
        code: 'address_not_allowed',
        detail: 'Private address',
      },
    })
  })
})
