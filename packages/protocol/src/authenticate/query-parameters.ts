/** Query strings as they stand on the wire: what is not touched keeps its spelling. */
import { SigningError } from './request.ts'

/**
 * The text with everything but letters, digits, `-`, `.`, `_` and `~` percent-encoded, a space as `%20`.
 *
 * @throws {SigningError} when it holds half a surrogate pair, which has no UTF-8 form
 * @see RFC 3986 §2.1, §2.3
 * @example percentEncode('a+b c') // 'a%2Bb%20c'
 */
export function percentEncode(text: string): string {
  if (!text.isWellFormed()) throw new SigningError('A text has no UTF-8 form.')
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/**
 * The query with this parameter at its end, in place of every other of that name. The rest stays as it
 * came.
 *
 * @throws {SigningError} when name or value has no UTF-8 form
 * @example setQueryParameter('b=1&a=%7e', 'key', 'x y') // 'b=1&a=%7e&key=x%20y'
 */
export function setQueryParameter(query: string, name: string, value: string): string {
  const pair = `${percentEncode(name)}=${percentEncode(value)}`
  const kept = dropQueryParameter(query, name)
  return kept === '' ? pair : `${kept}&${pair}`
}

/** The query without the parameters of this name, however they are spelled. */
export function dropQueryParameter(query: string, name: string): string {
  const pairs = query.split('&')
  return pairs.filter((pair) => pair === '' || readPair(pair).name !== name).join('&')
}

/** The pairs of a query, decoded as a form is. */
export function readQuery(query: string): readonly { name: string; value: string }[] {
  return query.split('&').flatMap((pair) => (pair === '' ? [] : readPair(pair)))
}

function readPair(pair: string): { name: string; value: string } {
  const equals = pair.indexOf('=')
  if (equals < 0) return { name: decode(pair), value: '' }
  return { name: decode(pair.slice(0, equals)), value: decode(pair.slice(equals + 1)) }
}

/** What is no percent-encoding of UTF-8 stands for itself. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
