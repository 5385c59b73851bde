import { hasDotSegment, trimSlashes } from '@keyporter/protocol'

/** Where a call goes. */
export type CallAddress = {
  /** At Keyporter's proxy. */
  readonly url: string
  /** Path and query below the integration's base URL, as they stand on the wire. */
  readonly path: string
}

/**
 * Finds where a call goes: a path is taken as one below the integration's base URL, an address as one below
 * `baseUrl`. It is spelled as `fetch` will spell it, and what that leads out of the integration is refused:
 * there it would meet routes of Keyporter's own, with the caller's authorization.
 *
 * @param root the integration's address at the proxy
 * @throws {TypeError} when it leads elsewhere; the text holds nothing of the address
 */
export function callAddress(
  root: string,
  { asked, baseUrl }: { readonly asked: string; readonly baseUrl: string | undefined },
): CallAddress {
  const below = /^[a-z][a-z0-9+.-]*:/i.test(asked) ? cutBase(asked, baseUrl) : asked
  // Two slashes in front would be another host to whoever resolves addresses.
  if (!/^([/?](?!\/)|$)/.test(below)) throw new TypeError('A path with a slash in front is needed')
  const url = cutFragment(new URL(`${root}${below}`))
  const path = cutPrefix(url, root)
  if (path === undefined || hasDotSegment(path.replace(/\?.*$/s, '')))
    throw new TypeError('The path leads out of the integration')
  return { url, path }
}

function cutBase(asked: string, baseUrl: string | undefined): string {
  if (baseUrl === undefined) {
    throw new TypeError('baseUrl is missing: it says which addresses are those of the integration')
  }
  const base = trimSlashes(new URL(baseUrl).href)
  const below = cutPrefix(cutFragment(new URL(asked)), base)
  if (below === undefined) throw new TypeError('The address is not below baseUrl')
  return below
}

/** What stands behind a prefix of whole segments: a user, another port or host is none. */
function cutPrefix(url: string, prefix: string): string | undefined {
  return url.startsWith(prefix) && /^([/?]|$)/.test(url.slice(prefix.length))
    ? url.slice(prefix.length)
    : undefined
}

function cutFragment(url: URL): string {
  url.hash = ''
  return url.href
}
