import { isWithin } from '@keyporter/protocol'

/** Where a call goes, as it stands on the wire. */
export type Target = {
  /** With a slash in front. */
  readonly path: string
  /** Without its question mark; empty where there is none. */
  readonly query: string
}

/** Whose address it is: the origin, and the path of the base URL without a slash at its end. */
export type Base = { readonly origin: string; readonly basePath: string }

/** Visible ASCII but the backslash, which some servers read as a slash, and the hash. */
const WRITABLE = /^[\x21\x22\x24-\x5B\x5D-\x7E]*$/
/** Names, dots within names, single slashes: what every server reads alike. */
const PLAIN = /^(\/\.?[\w~!$&'()*+,=:@-]+(\.[\w~!$&'()*+,=:@-]+)*)*\/?$/

/**
 * Puts the path and query that a caller asks for below the base URL, as they came: nothing is decoded, encoded or
 * tidied up. Undefined where they would lead out of it, or a server could read them so.
 *
 * @param asked empty, or with a slash or a question mark in front
 */
export function composeTarget({ origin, basePath }: Base, asked: string): Target | undefined {
  if (!WRITABLE.test(asked)) return undefined
  const mark = asked.indexOf('?')
  const below = mark === -1 ? asked : asked.slice(0, mark)
  const path = `${basePath}${below}`
  // RFC 3986 §4.2: behind two slashes stands another host.
  if (path.startsWith('//')) return undefined
  if (!PLAIN.test(below) && !isWithin(`${origin}${basePath}`, `${origin}${path}`)) return undefined
  return { path: path === '' ? '/' : path, query: mark === -1 ? '' : asked.slice(mark + 1) }
}
