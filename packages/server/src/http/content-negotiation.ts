import type { Route } from '@keyporter/contract'
import { AppError } from '../kernel/app-error.ts'

const JSON_TYPE = 'application/json'

/**
 * Returns the media type with the highest quality for an `Accept` header (RFC 9110 §12.5.1). Equal qualities
 * prefer JSON, then the order of `others`. Undefined when none is acceptable.
 *
 * @example chooseMediaType('text/csv, application/json;q=0.5', ['text/csv']) // 'text/csv'
 */
export function chooseMediaType(
  accept: string | undefined,
  others: readonly string[],
): string | undefined {
  const offered = [JSON_TYPE, ...others]
  if (accept === undefined || accept.trim() === '') return JSON_TYPE
  const ranges = accept.split(',').map(readRange)
  const ranked = offered.map((type) => ({ type, quality: findQuality(type, ranges) }))
  const best = Math.max(...ranked.map(({ quality }) => quality))
  return best === 0 ? undefined : ranked.find(({ quality }) => quality === best)?.type
}

/**
 * Returns the media type for the response of a route; undefined means JSON, which every route supports.
 * Routes that support JSON only ignore `Accept`.
 *
 * @throws {AppError} `not_acceptable`
 */
export function readMediaType(
  { alsoProduces }: Pick<Route, 'alsoProduces'>,
  accept: string | undefined,
): string | undefined {
  if (alsoProduces === undefined) return undefined
  const type = chooseMediaType(accept, alsoProduces)
  if (type === JSON_TYPE) return undefined
  if (type !== undefined) return type
  const offered = [JSON_TYPE, ...alsoProduces].join(', ')
  throw new AppError('not_acceptable', {
    detail: `No media type in Accept is supported. Supported: ${offered}.`,
  })
}

type Range = { readonly type: string; readonly quality: number }

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  const quality = weight === undefined ? 1 : Number(weight.slice(2))
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 }
}

/** Returns the quality of the most specific matching range; 0 without one. */
function findQuality(type: string, ranges: readonly Range[]): number {
  const family = `${type.slice(0, type.indexOf('/'))}/*`
  for (const name of [type, family, '*/*']) {
    const matching = ranges.filter((range) => range.type === name)
    if (matching.length > 0) return Math.max(...matching.map(({ quality }) => quality))
  }
  return 0
}
