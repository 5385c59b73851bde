import { isWithin } from '@keyporter/protocol'

/** The request target of a call, percent-encoded. */
export type Target = {
  /** Starts with a slash. */
  readonly path: string
  /** Without the question mark; empty for none. */
  readonly query: string
}

/** The base URL: its origin, and its path without a trailing slash. */
export type Base = { readonly origin: string; readonly basePath: string }

/** Visible ASCII except the backslash, which some servers treat as a slash, and the hash sign. */
const WRITABLE = /^[\x21\x22\x24-\x5B\x5D-\x7E]*$/
/** Names, dots within names and single slashes: all servers parse these paths alike. */
const PLAIN = /^(\/\.?[\w~!$&'()*+,=:@-]+(\.[\w~!$&'()*+,=:@-]+)*)*\/?$/

/**
 * Appends a path and query to the base URL without decoding, encoding or normalizing them. Returns
 * undefined if the result leaves the base URL, or if a server could resolve it to a path outside.
 *
 * @param pathAndQuery empty, or starting with a slash or a question mark
 */
export function composeTarget(
  { origin, basePath }: Base,
  pathAndQuery: string,
): Target | undefined {
  if (!WRITABLE.test(pathAndQuery)) return undefined
  const mark = pathAndQuery.indexOf('?')
  const below = mark === -1 ? pathAndQuery : pathAndQuery.slice(0, mark)
  const path = `${basePath}${below}`
  // RFC 3986 §4.2: a target that starts with two slashes names another host.
  if (path.startsWith('//')) return undefined
  if (!PLAIN.test(below) && !isWithin(`${origin}${basePath}`, `${origin}${path}`)) return undefined
  return { path: path === '' ? '/' : path, query: mark === -1 ? '' : pathAndQuery.slice(mark + 1) }
}
