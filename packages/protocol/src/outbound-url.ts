/** Decides which URLs and addresses outbound calls can use, before and after DNS resolution. */

import {
  containsAddress,
  describeSpecialAddress,
  type Network,
  parseAddress,
  parseNetwork,
} from './ip-address.ts'
import { hasDotSegment, trimTrailingSlashes } from './url-path.ts'

/** The reason for rejecting a URL or address. */
export type OutboundRejectionCode =
  | 'not_a_url'
  | 'scheme_not_allowed'
  | 'user_in_url'
  | 'fragment_in_url'
  | 'port_not_allowed'
  | 'host_not_allowed'
  | 'private_address'

/** A rejected URL or address. Contains nothing of the input. */
export type OutboundRejection = { readonly code: OutboundRejectionCode; readonly detail: string }

/** A parsed URL that passed the checks before DNS resolution. */
export type OutboundUrl = {
  readonly scheme: 'http' | 'https'
  /** A host name in lowercase ASCII, or an IP address. IPv6 without brackets. */
  readonly host: string
  /** Whether the host is an IP address. */
  readonly isAddress: boolean
  readonly port: number
  /** In the format of `URL.origin`. */
  readonly origin: string
  /** Percent-encoded, with a leading slash, without dot segments. */
  readonly path: string
  /** With the question mark. Empty without a query. */
  readonly query: string
}

/** Hosts and networks that calls can use although they are private or have no TLS. */
export type OutboundExceptions = {
  readonly hosts: ReadonlySet<string>
  readonly networks: readonly Network[]
}

/** The parsed URL, or the rejection. */
export type OutboundResult =
  | { readonly ok: true; readonly url: OutboundUrl }
  | { readonly ok: false; readonly rejection: OutboundRejection }

/** Only the public internet, with https. */
export const NO_EXCEPTIONS: OutboundExceptions = { hosts: new Set(), networks: [] }

const DETAILS: Readonly<Record<OutboundRejectionCode, string>> = {
  not_a_url: 'Enter a full URL, such as https://api.example.com/v2.',
  scheme_not_allowed: 'The URL must use https.',
  user_in_url: 'The URL must not contain a user name or password.',
  fragment_in_url: 'The URL must not contain a fragment (#).',
  port_not_allowed: 'Port 0 is not allowed.',
  host_not_allowed: 'The host is not a valid name or address.',
  private_address: 'The address is not on the public internet.',
}

const DEFAULT_PORTS = { https: 443, http: 80 } as const
/** Text without characters that the URL parser drops (tabs, line breaks) or replaces (backslashes). */
const UNCHANGED_BY_PARSER = /^[^\p{Cc}\s\\]*$/u
const SCHEME = /^([a-z][a-z0-9+.-]*):/i
/** Requires both slashes, because the URL parser would add them. */
const AUTHORITY = /^https?:\/\/([^/?#]+)/i
const HOST_NAME =
  /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * Parses the exceptions of the operator: host names, addresses and CIDR ranges. Returns `undefined` if one
 * is invalid.
 */
export function parseOutboundExceptions(parts: readonly string[]): OutboundExceptions | undefined {
  const networks: Network[] = []
  const hosts = new Set<string>()
  for (const part of parts) {
    const network = parseNetwork(part.replace(/^\[(.*)\]$/, '$1'))
    const name = part.toLowerCase()
    // A name that looks like an address is a mistyped address.
    const isName = HOST_NAME.test(name) && !/(^|\.)(\d+|0x[0-9a-f]*)$/.test(name)
    if (network !== undefined) networks.push(network)
    else if (isName) hosts.add(name)
    else return undefined
  }
  return { hosts, networks }
}

/**
 * Parses and checks a URL for an outbound call. Allows http only for exceptions. Rejects user info,
 * fragments, port 0, trailing dots, unusual spellings of IP addresses, and non-public addresses. A host
 * name can still resolve to a private address: see {@link checkAddress}. Call the returned URL, never the
 * text.
 *
 * @see WHATWG URL Standard §4.4
 */
export function parseOutboundUrl(
  text: string,
  exceptions: OutboundExceptions = NO_EXCEPTIONS,
): OutboundResult {
  const url = readUrl(text)
  if (typeof url === 'string') return { ok: false, rejection: rejectionOf(url) }
  const rejection = checkHost(url, exceptions)
  return rejection === undefined ? { ok: true, url } : { ok: false, rejection }
}

/**
 * Checks an address that a host resolved to, or that the URL contains. Returns `undefined` if calls are
 * allowed.
 */
export function checkAddress(
  text: string,
  { scheme, host }: Pick<OutboundUrl, 'scheme' | 'host'>,
  exceptions: OutboundExceptions = NO_EXCEPTIONS,
): OutboundRejection | undefined {
  const address = parseAddress(text)
  // An address with a zone is link-local (RFC 4007 §11). Other unparsable addresses are rejected as well.
  if (address === undefined) return rejectionOf('private_address')
  if (exceptions.hosts.has(host)) return undefined
  if (exceptions.networks.some((network) => containsAddress(network, address))) return undefined
  if (scheme === 'http') return rejectionOf('scheme_not_allowed')
  const kind = describeSpecialAddress(address)
  if (kind === undefined) return undefined
  return {
    code: 'private_address',
    detail: `The host has an address ${kind}. Only public addresses are allowed.`,
  }
}

/**
 * Whether a request stays within the base URL of a secret: the same scheme, host and port, and the same
 * path or a path below it. Returns false for URLs that {@link parseOutboundUrl} cannot parse, and for dot
 * segments in any encoding and backslashes below a path, because servers interpret them differently. Does
 * not check whether calls to the URL are allowed.
 *
 * @param requested the URL to call, exactly as sent
 * @example isWithin('https://api.example.com/v2', 'https://api.example.com/v2/../admin') // false
 */
export function isWithin(baseUrl: string, requested: string): boolean {
  const [base, target] = [readUrl(baseUrl), readUrl(requested)]
  if (typeof base === 'string' || typeof target === 'string') return false
  if (base.origin !== target.origin) return false
  const prefix = trimTrailingSlashes(base.path)
  if (prefix === '') return true
  const path = requested.replace(AUTHORITY, '').replace(/\?.*$/s, '')
  return !hasDotSegment(path) && (path === prefix || path.startsWith(`${prefix}/`))
}

/** Checks a host before DNS resolution. */
function checkHost(
  url: OutboundUrl,
  exceptions: OutboundExceptions,
): OutboundRejection | undefined {
  if (url.isAddress) return checkAddress(url.host, url, exceptions)
  if (exceptions.hosts.has(url.host) || exceptions.networks.length > 0) return undefined
  if (url.scheme === 'http') return rejectionOf('scheme_not_allowed')
  // RFC 6761 §6.3
  return /(^|\.)localhost$/.test(url.host) ? rejectionOf('private_address') : undefined
}

/** Parses the text, without the checks for allowed hosts. */
function readUrl(text: string): OutboundUrl | OutboundRejectionCode {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return 'not_a_url'
  if (scheme !== 'https' && scheme !== 'http') return 'scheme_not_allowed'
  const authority = AUTHORITY.exec(text)?.[1]
  if (authority === undefined || !UNCHANGED_BY_PARSER.test(text) || !URL.canParse(text))
    return 'not_a_url'
  if (authority.includes('@')) return 'user_in_url'
  if (text.includes('#')) return 'fragment_in_url'
  const { hostname, port, origin, pathname, search } = new URL(text)
  if (port === '0') return 'port_not_allowed'
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const isAddress = parseAddress(host) !== undefined
  // The URL parser accepts many spellings of IPv4. Only dotted decimals show the destination.
  const isUnusual = isAddress
    ? !host.includes(':') && authority.split(':')[0] !== host
    : !HOST_NAME.test(host)
  if (isUnusual) return 'host_not_allowed'
  const portNumber = port === '' ? DEFAULT_PORTS[scheme] : Number(port)
  return { scheme, host, isAddress, port: portNumber, origin, path: pathname, query: search }
}

function rejectionOf(code: OutboundRejectionCode): OutboundRejection {
  return { code, detail: DETAILS[code] }
}
