/** Where a call may go: what is judged of an address before, and of what it resolves to after, its name is looked up. */
import { hasDotSegment } from './dot-segments.ts'
import {
  containsAddress,
  describeSpecialAddress,
  type Network,
  parseAddress,
  parseNetwork,
} from './outbound-address.ts'
import { trimSlashes } from './trim-slashes.ts'

/** Why an address is not to be called. */
export type OutboundRejectionCode =
  | 'not_a_url'
  | 'scheme_not_allowed'
  | 'user_in_url'
  | 'fragment_in_url'
  | 'port_not_allowed'
  | 'host_not_allowed'
  | 'private_address'

/** A word for programs, a sentence for people; neither holds anything of what was judged. */
export type OutboundRejection = { readonly code: OutboundRejectionCode; readonly detail: string }

/** An address that may be called as far as its text says. */
export type OutboundUrl = {
  readonly scheme: 'http' | 'https'
  /** A name in lower-case ASCII, or an IP address; IPv6 without brackets. */
  readonly host: string
  /** Whether the host is an IP address. */
  readonly isAddress: boolean
  readonly port: number
  /** As `URL.origin` writes it. */
  readonly origin: string
  /** With a slash in front, without dot segments, percent-encoded. */
  readonly path: string
  /** With its question mark; empty where there is none. */
  readonly query: string
}

/** What may be called although it is private, or without TLS: hosts by name, and networks. */
export type OutboundExceptions = {
  readonly hosts: ReadonlySet<string>
  readonly networks: readonly Network[]
}

/** Parsed, or refused with the reason. */
export type OutboundResult =
  | { readonly ok: true; readonly url: OutboundUrl }
  | { readonly ok: false; readonly rejection: OutboundRejection }

/** Nothing but the public internet, by https. */
export const NO_EXCEPTIONS: OutboundExceptions = { hosts: new Set(), networks: [] }

const SENTENCES: Readonly<Record<OutboundRejectionCode, string>> = {
  not_a_url: 'This is not an address such as https://api.example.com/v2.',
  scheme_not_allowed: 'Only https is called.',
  user_in_url: 'A user name or password cannot stand in the address.',
  fragment_in_url: 'A part behind # cannot stand in the address: it is never sent.',
  port_not_allowed: 'Port 0 cannot be called.',
  host_not_allowed: 'This host cannot be called.',
  private_address: 'This address is not on the public internet.',
}

const PORTS = { https: 443, http: 80 } as const
/** What a text for the URL parser may hold: it drops tabs and line breaks, and turns backslashes round. */
const WRITABLE = /^[^\p{Cc}\s\\]*$/u
const SCHEME = /^([a-z][a-z0-9+.-]*):/i
/** Without its two slashes the URL parser would guess. */
const AUTHORITY = /^https?:\/\/([^/?#]+)/i
const NAME =
  /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * Parses the exceptions that an operator named: host names, addresses and CIDRs. `undefined` when one of them is
 * none of these.
 */
export function parseOutboundExceptions(parts: readonly string[]): OutboundExceptions | undefined {
  const networks: Network[] = []
  const hosts = new Set<string>()
  for (const part of parts) {
    const network = parseNetwork(part.replace(/^\[(.*)\]$/, '$1'))
    const name = part.toLowerCase()
    // A name that looks like an address is an address that was mistyped.
    const isName = NAME.test(name) && !/(^|\.)(\d+|0x[0-9a-f]*)$/.test(name)
    if (network !== undefined) networks.push(network)
    else if (isName) hosts.add(name)
    else return undefined
  }
  return { hosts, networks }
}

/**
 * Parses an address once, for good: what is judged here is what is called. Only https; http for hosts and networks
 * among the exceptions alone. No user, no fragment, no port 0, no trailing dot, and an IP address only in its usual
 * spelling and where it is public. A name may still turn out to be private: see {@link checkAddress}.
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
 * Judges an address that a host has been found at, or that stands in the URL itself. `undefined` when it may
 * be called.
 */
export function checkAddress(
  text: string,
  { scheme, host }: Pick<OutboundUrl, 'scheme' | 'host'>,
  exceptions: OutboundExceptions = NO_EXCEPTIONS,
): OutboundRejection | undefined {
  const address = parseAddress(text)
  // A zone names a link of this machine (RFC 4007 §11); whatever else cannot be read cannot be judged.
  if (address === undefined) return rejectionOf('private_address')
  if (exceptions.hosts.has(host)) return undefined
  if (exceptions.networks.some((network) => containsAddress(network, address))) return undefined
  if (scheme === 'http') return rejectionOf('scheme_not_allowed')
  const kind = describeSpecialAddress(address)
  if (kind === undefined) return undefined
  return { code: 'private_address', detail: `This is an address ${kind}: it is not called.` }
}

/**
 * Whether a request stays within the address that a secret was given for: the same scheme, host and port, and the
 * same path or one below it. Both are taken apart as {@link parseOutboundUrl} does; what it refuses is within
 * nothing. Below a path, dot segments in any encoding and backslashes are refused, because servers differ in what
 * they make of them. Whether the place may be called at all is not judged here.
 *
 * @param registered the address on record
 * @param requested the address about to be called, exactly as it will stand on the wire
 * @example isWithin('https://api.example.com/v2', 'https://api.example.com/v2/../admin') // false
 */
export function isWithin(registered: string, requested: string): boolean {
  const [home, place] = [readUrl(registered), readUrl(requested)]
  if (typeof home === 'string' || typeof place === 'string') return false
  if (home.origin !== place.origin) return false
  const prefix = trimSlashes(home.path)
  if (prefix === '') return true
  const path = requested.replace(AUTHORITY, '').replace(/\?.*$/s, '')
  return !hasDotSegment(path) && (path === prefix || path.startsWith(`${prefix}/`))
}

/** What can be said of a host before its name is looked up. */
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

/** What the text alone says, whoever may be called. */
function readUrl(text: string): OutboundUrl | OutboundRejectionCode {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return 'not_a_url'
  if (scheme !== 'https' && scheme !== 'http') return 'scheme_not_allowed'
  const authority = AUTHORITY.exec(text)?.[1]
  if (authority === undefined || !WRITABLE.test(text) || !URL.canParse(text)) return 'not_a_url'
  if (authority.includes('@')) return 'user_in_url'
  if (text.includes('#')) return 'fragment_in_url'
  const { hostname, port, origin, pathname, search } = new URL(text)
  if (port === '0') return 'port_not_allowed'
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const isAddress = parseAddress(host) !== undefined
  // The URL parser takes IPv4 in many spellings, of which one shows where it leads.
  const isOdd = isAddress
    ? !host.includes(':') && authority.split(':')[0] !== host
    : !NAME.test(host)
  if (isOdd) return 'host_not_allowed'
  const portNumber = port === '' ? PORTS[scheme] : Number(port)
  return { scheme, host, isAddress, port: portNumber, origin, path: pathname, query: search }
}

function rejectionOf(code: OutboundRejectionCode): OutboundRejection {
  return { code, detail: SENTENCES[code] }
}
