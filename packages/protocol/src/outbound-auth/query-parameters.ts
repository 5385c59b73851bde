/** Edits percent-encoded query strings. Other parameters keep their encoding. */
import { SigningError } from './request.ts'

/**
 * Percent-encodes everything except letters, digits, `-`, `.`, `_` and `~`. A space becomes `%20`.
 *
 * @throws {SigningError} when the text contains a lone surrogate
 * @see RFC 3986 §2.1, §2.3
 * @example percentEncode('a+b c') // 'a%2Bb%20c'
 */
export function percentEncode(text: string): string {
  if (!text.isWellFormed()) throw new SigningError('A text contains a lone surrogate.')
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/**
 * Returns the query with this parameter at the end, and without other parameters of that name. All
 * other parameters stay unchanged.
 *
 * @throws {SigningError} when name or value contains a lone surrogate
 * @example setQueryParameter('b=1&a=%7e', 'key', 'x y') // 'b=1&a=%7e&key=x%20y'
 */
export function setQueryParameter(query: string, name: string, value: string): string {
  const pair = `${percentEncode(name)}=${percentEncode(value)}`
  const kept = dropQueryParameter(query, name)
  return kept === '' ? pair : `${kept}&${pair}`
}

/** Returns the query without the parameters of this name, in any encoding. */
export function dropQueryParameter(query: string, name: string): string {
  const pairs = query.split('&')
  return pairs.filter((pair) => pair === '' || readPair(pair).name !== name).join('&')
}

/** Returns the form-decoded pairs of a query. */
export function readQuery(query: string): readonly { name: string; value: string }[] {
  return query.split('&').flatMap((pair) => (pair === '' ? [] : readPair(pair)))
}

function readPair(pair: string): { name: string; value: string } {
  const equals = pair.indexOf('=')
  if (equals < 0) return { name: decode(pair), value: '' }
  return { name: decode(pair.slice(0, equals)), value: decode(pair.slice(equals + 1)) }
}

/** Text that is not valid percent-encoded UTF-8 is not decoded. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
