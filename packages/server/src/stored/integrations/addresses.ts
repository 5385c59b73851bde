import { trimSlashes } from '@keyporter/protocol'
import type { FieldProblem } from '../../kernel/app-error.ts'
import type { Egress } from '../../outbound/outbound.ts'

/** What an address is for: calls go below a base URL; an endpoint is called as it stands. */
export type AddressUse = 'base' | 'endpoint'

/** An address in its normal form, or why it is none that may be kept. */
export type JudgedAddress =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly problem: FieldProblem }

/** The code of a problem with an address that may not be called. */
export const NOT_ALLOWED = 'address_not_allowed'

/**
 * Judges an address as somebody wrote it, and brings it into its normal form: scheme and host in lower
 * case, no port where it is the scheme's own, no dot segments; a base URL ends without a slash.
 */
export function judgeAddress(
  text: string,
  {
    pointer,
    use,
    judge,
  }: { readonly pointer: string; readonly use: AddressUse; readonly judge: Egress['judge'] },
): JudgedAddress {
  const fault = faultOf(text, use)
  if (fault !== undefined) {
    return { ok: false, problem: { pointer, code: 'invalid', detail: fault } }
  }
  const refusal = judge(text)
  if (refusal !== undefined) {
    return { ok: false, problem: { pointer, code: NOT_ALLOWED, detail: refusal.detail } }
  }
  const url = new URL(text)
  return { ok: true, url: use === 'base' ? baseOf(url) : url.href }
}

/** Where a base URL leads: `URL.origin`, and the path without a slash at its end. */
export function splitBase(baseUrl: string): { readonly origin: string; readonly path: string } {
  const url = new URL(baseUrl)
  return { origin: url.origin, path: trimSlashes(url.pathname) }
}

function baseOf(url: URL): string {
  const { origin, path } = splitBase(url.href)
  return `${origin}${path}`
}

/** Judged as it is written: a parser would mend what another one understands differently. */
function faultOf(text: string, use: AddressUse): string | undefined {
  const [, authority] = /^https?:\/\/([^/?#]*)/i.exec(text) ?? []
  if (/[\s\p{Cc}\\]/u.test(text) || authority === undefined || authority === '') {
    return 'Not an address such as https://api.example.com/v2'
  }
  if (authority.includes('@')) return 'An address holds no user name and no password'
  if (text.includes('#')) return 'An address holds no fragment'
  if (use === 'base' && text.includes('?')) return 'A base URL holds no query'
  return URL.canParse(text) ? undefined : 'Not an address such as https://api.example.com/v2'
}
