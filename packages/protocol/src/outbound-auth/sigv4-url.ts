/** The path and the query of SigV4: the encoding that is sent, and the canonical form that is signed. */
import type { AwsSigV4Auth } from '../auth-types.ts'
import { percentEncode } from './query-parameters.ts'
import { isS3 } from './sigv4-payload.ts'

type Service = Pick<AwsSigV4Auth, 'service'>

const PLAIN_PATH = /^[\w.~/-]*$/
const PLAIN_QUERY = /^(?:[\w.~-]+=[\w.~-]*(?:&(?=[^&])|$))*$/
/** A percent-encoded byte, or a character that requires encoding. */
const ENCODED_OR_RESERVED = /%[0-9A-Fa-f]{2}|[^\w.~-]/gu
const UNRESERVED = /^[\w.~-]$/
const UNTIDY_SEGMENTS = /\/\/|\/\.\.?(?:\/|$)/

/**
 * Returns the path to send, with everything percent-encoded except letters, digits, `-._~` and `/`. Some
 * servers verify the received encoding, others their own; with this encoding both are the same.
 */
export function pathOnWire(service: Service, path: string): string {
  if (PLAIN_PATH.test(path)) return path
  const reencoded = path.split('/').map(reencode).join('/')
  // In S3 object keys, an encoded slash is the same as a slash.
  return isS3(service) ? reencoded.replaceAll('%2F', '/') : reencoded
}

/**
 * Returns the path to sign. S3 signs the sent path unchanged, because object keys can contain `//` and
 * `..`. Other services sign the normalized path, encoded a second time.
 */
export function canonicalPath(service: Service, pathSent: string): string {
  if (isS3(service)) return pathSent === '' ? '/' : pathSent
  return normalizePath(pathSent).replaceAll('%', '%25')
}

/** Returns the query to send: the pairs in their order, with reserved characters percent-encoded. */
export function queryOnWire(query: string): string {
  if (PLAIN_QUERY.test(query)) return query
  const pairs = query.split('&').filter((pair) => pair !== '')
  return pairs
    .map((pair) =>
      splitPair(pair)
        .map((part) => reencode(part.replaceAll('+', ' ')))
        .join('='),
    )
    .join('&')
}

/** Returns the query to sign: sorted by name, then value, with an equals sign in every pair. */
export function canonicalQuery(querySent: string): string {
  if (querySent === '') return ''
  const pairs = querySent.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`))
  if (pairs.length === 1) return pairs.join('')
  // An exclamation mark never occurs in the sent query, and sorts before every character that does.
  const sorted = pairs.map((pair) => pair.replace('=', '!')).toSorted()
  return sorted.join('&').replaceAll('!', '=')
}

/** Returns the sent query without the named parameters. */
export function withoutParameters(querySent: string, names: ReadonlySet<string>): string {
  const kept = querySent.split('&').filter((pair) => !names.has(splitPair(pair)[0] ?? ''))
  return kept.join('&')
}

function reencode(text: string): string {
  return text.replaceAll(ENCODED_OR_RESERVED, (match) => {
    if (match.length !== 3 || !match.startsWith('%')) return percentEncode(match)
    const character = String.fromCharCode(Number.parseInt(match.slice(1), 16))
    return UNRESERVED.test(character) ? character : match.toUpperCase()
  })
}

function splitPair(pair: string): readonly string[] {
  const equals = pair.indexOf('=')
  return equals < 0 ? [pair] : [pair.slice(0, equals), pair.slice(equals + 1)]
}

/** Removes dot segments (RFC 3986 §5.2.4) and empty segments. Keeps a trailing slash. */
export function normalizePath(path: string): string {
  if (!UNTIDY_SEGMENTS.test(path)) return path === '' ? '/' : path
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`
}
