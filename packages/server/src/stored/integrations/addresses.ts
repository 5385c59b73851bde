import { trimTrailingSlashes } from '@keyporter/protocol'
import type { FieldProblem } from '../../kernel/app-error.ts'
import type { Outbound } from '../../outbound/outbound.ts'

/**
 * The use of an address: the target of a call is appended to a `base`; an `endpoint` is called
 * unchanged.
 */
export type AddressUse = 'base' | 'endpoint'

/** A normalized address, or the reason for its rejection. */
export type CheckedUrl =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly problem: FieldProblem }

/** The code of a field problem with an address that is not allowed. */
export const NOT_ALLOWED = 'address_not_allowed'

/**
 * Checks and normalizes an address: lower-case scheme and host, no default port, no dot segments. A
 * base URL has no trailing slash.
 */
export function checkConfiguredUrl(
  text: string,
  {
    pointer,
    use,
    checkUrl,
  }: {
    readonly pointer: string
    readonly use: AddressUse
    readonly checkUrl: Outbound['checkUrl']
  },
): CheckedUrl {
  const fault = faultOf(text, use)
  if (fault !== undefined) {
    return { ok: false, problem: { pointer, code: 'invalid', detail: fault } }
  }
  const rejection = checkUrl(text)
  if (rejection !== undefined) {
    return { ok: false, problem: { pointer, code: NOT_ALLOWED, detail: rejection.detail } }
  }
  const url = new URL(text)
  return { ok: true, url: use === 'base' ? baseOf(url) : url.href }
}

/** Returns the `URL.origin` of a base URL and its path without a trailing slash. */
export function splitBase(baseUrl: string): { readonly origin: string; readonly path: string } {
  const url = new URL(baseUrl)
  return { origin: url.origin, path: trimTrailingSlashes(url.pathname) }
}

function baseOf(url: URL): string {
  const { origin, path } = splitBase(url.href)
  return `${origin}${path}`
}

/** Checks the text itself, not the parsed URL: parsers correct malformed URLs in different ways. */
function faultOf(text: string, use: AddressUse): string | undefined {
  const [, authority] = /^https?:\/\/([^/?#]*)/i.exec(text) ?? []
  if (/[\s\p{Cc}\\]/u.test(text) || authority === undefined || authority === '') {
    return 'Enter a full URL, such as https://api.example.com/v2'
  }
  if (authority.includes('@')) return 'A URL must not contain a user name or a password'
  if (text.includes('#')) return 'A URL must not contain a fragment'
  if (use === 'base' && text.includes('?')) return 'A base URL must not contain a query'
  return URL.canParse(text) ? undefined : 'Enter a full URL, such as https://api.example.com/v2'
}
