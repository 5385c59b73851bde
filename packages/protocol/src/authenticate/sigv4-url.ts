/** Path and query as SigV4 sends and signs them. */
import type { AwsSigV4Auth } from './auth.ts'
import { percentEncode } from './query-parameters.ts'
import { isS3 } from './sigv4-payload.ts'

type Service = Pick<AwsSigV4Auth, 'service'>

const PLAIN_PATH = /^[\w.~/-]*$/
const PLAIN_QUERY = /^(?:[\w.~-]+=[\w.~-]*(?:&(?=[^&])|$))*$/
/** An encoded byte, or a character that is to be encoded. */
const ENCODED_OR_RESERVED = /%[0-9A-Fa-f]{2}|[^\w.~-]/gu
const UNRESERVED = /^[\w.~-]$/
const UNTIDY_SEGMENTS = /\/\/|\/\.\.?(?:\/|$)/

/**
 * The path in the spelling that is sent: everything percent-encoded but letters, digits, `-._~` and `/`.
 * Some servers sign what they received and some what they would have written themselves; so these are one.
 */
export function pathOnWire(service: Service, path: string): string {
  if (PLAIN_PATH.test(path)) return path
  const respelled = path.split('/').map(respell).join('/')
  // For S3 a slash is a slash in the name of an object, however it is spelled.
  return isS3(service) ? respelled.replaceAll('%2F', '/') : respelled
}

/**
 * The path that is signed. S3 takes it as it stands on the wire, `//` and `..` included, for the names of
 * objects may hold them. For other services it is normalized, and what stands on the wire encoded once more.
 */
export function canonicalPath(service: Service, pathSent: string): string {
  if (isS3(service)) return pathSent === '' ? '/' : pathSent
  return normalizePath(pathSent).replaceAll('%', '%25')
}

/** The query in the spelling that is sent: its pairs in their order, everything reserved percent-encoded. */
export function queryOnWire(query: string): string {
  if (PLAIN_QUERY.test(query)) return query
  const pairs = query.split('&').filter((pair) => pair !== '')
  return pairs
    .map((pair) =>
      splitPair(pair)
        .map((part) => respell(part.replaceAll('+', ' ')))
        .join('='),
    )
    .join('&')
}

/** The query that is signed: sorted by name, then value, with an equals sign in each pair. */
export function canonicalQuery(querySent: string): string {
  if (querySent === '') return ''
  const pairs = querySent.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`))
  if (pairs.length === 1) return pairs.join('')
  // An exclamation mark stands in nothing that is sent, and sorts before everything that does.
  const sorted = pairs.map((pair) => pair.replace('=', '!')).toSorted()
  return sorted.join('&').replaceAll('!', '=')
}

/** The query, spelled as it is sent, without the parameters of these names. */
export function withoutParameters(querySent: string, names: ReadonlySet<string>): string {
  const kept = querySent.split('&').filter((pair) => !names.has(splitPair(pair)[0] ?? ''))
  return kept.join('&')
}

function respell(text: string): string {
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

/** RFC 3986 §5.2.4, and without empty segments; a slash at the end stays. */
export function normalizePath(path: string): string {
  if (!UNTIDY_SEGMENTS.test(path)) return path === '' ? '/' : path
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}${kept.length > 0 && path.endsWith('/') ? '/' : ''}`
}
