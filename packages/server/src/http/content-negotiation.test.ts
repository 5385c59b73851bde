import { describe, expect, it } from 'vitest'
import { chooseMediaType, readMediaType } from './content-negotiation.ts'

const choose = (accept: string | undefined) =>
  chooseMediaType(accept, ['text/csv', 'application/x-ndjson'])

describe('chooseMediaType', () => {
  it.each([undefined, '', '*/*', 'application/*', 'application/json', 'text/html, */*;q=0.1'])(
    'chooses JSON for %s',
    (accept) => expect(choose(accept)).toBe('application/json'),
  )

  it.each([
    ['text/csv', 'text/csv'],
    ['TEXT/CSV; charset=utf-8', 'text/csv'],
    ['text/*', 'text/csv'],
    ['application/x-ndjson', 'application/x-ndjson'],
    ['application/json;q=0.5, text/csv', 'text/csv'],
    ['text/csv;q=0.4, application/x-ndjson;q=0.6, */*;q=0.1', 'application/x-ndjson'],
    ['*/*, application/json;q=0', 'text/csv'],
  ])('returns the media type with the highest quality in %s', (accept, type) =>
    expect(choose(accept)).toBe(type),
  )

  it.each(['text/html', 'image/*', 'text/csv;q=0', 'text/csv;q=2', 'text/csv;q=x', ';;,', '/'])(
    'chooses nothing for %s',
    (accept) => expect(choose(accept)).toBeUndefined(),
  )
})

describe('readMediaType', () => {
  const route = { alsoProduces: ['text/csv'] }

  it('returns a media type other than JSON', () => {
    expect(readMediaType(route, 'text/csv')).toBe('text/csv')
    expect(readMediaType(route, '*/*')).toBeUndefined()
  })

  it('ignores Accept for routes with JSON only', () => {
    expect(readMediaType({}, 'text/html')).toBeUndefined()
  })

  it('rejects unsupported media types and lists the supported ones', () => {
    expect(() => readMediaType(route, 'text/html')).toThrow(
      'No media type in Accept is supported. Supported: application/json, text/csv.',
    )
  })
})
