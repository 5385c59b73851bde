import { describe, expect, test } from 'vitest'
import { isWithin } from './outbound-url.ts'

describe('a request is within', () => {
  const home = 'https://api.x.com/v2'

  test.each([
    ['https://api.x.com/v2', home],
    ['https://api.x.com/v2/', home],
    ['https://api.x.com/v2/users?x=/../..', home],
    ['https://api.x.com/v2?x=1', home],
    ['https://API.X.COM:443/v2/a', home],
    ['https://api.x.com/v2//a', home],
    ['https://api.x.com/v2/a%2Fb', home],
    ['https://api.x.com/v2/...', home],
    ['https://api.x.com/v2/a..b', home],
    ['https://api.x.com/v2/a', 'https://api.x.com/v2/'],
    ['https://api.x.com//evil.example/', 'https://api.x.com'],
    ['https://api.x.com/..//evil.example', 'https://api.x.com/'],
    ['https://xn--bcher-kva.example/', 'https://bücher.example'],
    ['http://127.0.0.1:8080/a/b', 'http://127.0.0.1:8080/a'],
  ])('%s: within %s', (requested, registered) => {
    expect(isWithin(registered, requested)).toBe(true)
  })

  test.each([
    ['http://api.x.com/v2/a', home],
    ['https://api.x.com:8443/v2/a', home],
    ['https://api.x.com.evil.example/v2/a', home],
    ['https://api.x.com@evil.example/v2/a', home],
    ['https://evil.example\\@api.x.com/v2/a', home],
    ['https://evil.example/@api.x.com/v2/a', home],
    ['//api.x.com/v2/a', home],
    ['https:api.x.com/v2/a', home],
    ['https://api.x.com./v2/a', home],
    ['https://x.com/v2/a', home],
    ['https://api.x.com/', home],
    ['https://api.x.com/v22', home],
    ['https://api.x.com/V2/a', home],
    ['https://api.x.com/%762/a', home],
    ['https://api.x.com//v2/a', home],
    ['https://api.x.com/v2/..', home],
    ['https://api.x.com/v2/../admin', home],
    ['https://api.x.com/v2/%2e%2e/admin', home],
    ['https://api.x.com/v2/.%2E/admin', home],
    ['https://api.x.com/v2/%252e%252e/admin', home],
    ['https://api.x.com/v2/%25252e%2e/admin', home],
    ['https://api.x.com/v2/..%2fadmin', home],
    ['https://api.x.com/v2/a%2f..%2f..%2fadmin', home],
    ['https://api.x.com/v2/..%5cadmin', home],
    ['https://api.x.com/v2/..\\admin', home],
    ['https://api.x.com/v2/..;/admin', home],
    ['https://api.x.com/v2/..;x=1/admin', home],
    ['https://api.x.com/v2/./a', home],
    ['https://api.x.com/v2;/../a', home],
    ['https://api.x.com/v2/a#b', home],
    ['https://api.x.com/v2/..', 'https://api.x.com/v2/'],
    ['https://xn--bcher-kva.example/', 'https://bucher.example'],
    ['https://127.0.0.1/', 'https://127.1'],
  ])('%s: not within %s', (requested, registered) => {
    expect(isWithin(registered, requested)).toBe(false)
  })
})
