import { hasDotSegment, trimTrailingSlashes } from '@keyporter/protocol'

/** The URL of a call to an integration. */
export type CallUrl = {
  /** The URL at the proxy. */
  readonly url: string
  /** Encoded path and query, relative to the base URL of the integration. */
  readonly path: string
}

/**
 * Returns the URL of a call. A path is relative to the base URL of the integration; an absolute URL must be
 * below `baseUrl`. Normalizes the URL like `fetch`. Rejects URLs outside of the integration, because they
 * would reach routes of Keyporter with the authorization of the caller.
 *
 * @param root the URL of the integration at the proxy
 * @throws {TypeError} when the URL is outside of the integration. The message never contains the URL.
 */
export function callUrl(
  root: string,
  { input, baseUrl }: { readonly input: string; readonly baseUrl: string | undefined },
): CallUrl {
  const below = /^[a-z][a-z0-9+.-]*:/i.test(input) ? cutBase(input, baseUrl) : input
  // Two leading slashes would be a different host in URL resolution.
  if (!/^([/?](?!\/)|$)/.test(below)) throw new TypeError('The path must start with a slash.')
  const url = cutFragment(new URL(`${root}${below}`))
  const path = cutPrefix(url, root)
  if (path === undefined || hasDotSegment(path.replace(/\?.*$/s, '')))
    throw new TypeError('The path is outside of the integration.')
  return { url, path }
}

function cutBase(input: string, baseUrl: string | undefined): string {
  if (baseUrl === undefined) {
    throw new TypeError('Absolute URLs require baseUrl. Set baseUrl, or use a path.')
  }
  const base = trimTrailingSlashes(new URL(baseUrl).href)
  const below = cutPrefix(cutFragment(new URL(input)), base)
  if (below === undefined) throw new TypeError('The URL is not below baseUrl.')
  return below
}

/** Returns the text after a prefix that ends at a segment boundary, or `undefined`. */
function cutPrefix(url: string, prefix: string): string | undefined {
  return url.startsWith(prefix) && /^([/?]|$)/.test(url.slice(prefix.length))
    ? url.slice(prefix.length)
    : undefined
}

function cutFragment(url: URL): string {
  url.hash = ''
  return url.href
}
