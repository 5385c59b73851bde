import { expect, it } from 'vitest'
import { trimTrailingSlashes } from './url-path.ts'

it.each([
  ['https://api.example.com/v2//', 'https://api.example.com/v2'],
  ['/a/b', '/a/b'],
  ['//', ''],
  ['', ''],
])('%s is %s without trailing slashes', (text, trimmed) => {
  expect(trimTrailingSlashes(text)).toBe(trimmed)
})
