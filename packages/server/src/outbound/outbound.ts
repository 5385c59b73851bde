import {
  NO_EXCEPTIONS,
  type OutboundUrl,
  parseOutboundExceptions,
  parseOutboundUrl,
} from '@keyporter/protocol'
import { createCache } from '../platform/cache.ts'
import { exchange } from './exchange.ts'
import { OutboundError } from './outbound-error.ts'
import { createPools, openPool } from './pools.ts'
import type { OutboundLimits, OutboundRequest, OutboundResponse } from './request.ts'
import {
  findAllowedAddresses,
  type Lookup,
  type ResolvedAddress,
  systemLookup,
} from './resolve-host.ts'

export { OutboundError, type OutboundFault } from './outbound-error.ts'
export type {
  OutboundLimits,
  OutboundRequest,
  OutboundResponse,
  OutboundStep,
} from './request.ts'

const LIMITS: OutboundLimits = {
  connectMs: 5_000,
  headMs: 30_000,
  idleMs: 30_000,
  bodyBytesMax: Number.POSITIVE_INFINITY,
}
const CACHED_ORIGINS_MAX = 1_000
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The reason why an address is rejected: a code for programs and a sentence for people. */
export type AddressRejection = { readonly code: string; readonly detail: string }

/**
 * Sends outbound requests to allowed addresses. Follows no redirects, keeps no cookies, uses no
 * proxy.
 */
export type Outbound = {
  /** @throws {OutboundError} */
  readonly send: (request: OutboundRequest) => Promise<OutboundResponse>
  /**
   * Checks the text of a URL that a person enters, without a name lookup. Returns undefined when
   * the URL is allowed; the addresses of its host are checked at each call.
   */
  readonly checkUrl: (url: string) => AddressRejection | undefined
  readonly close: () => Promise<void>
}

/** Replacements for the resolver, the clock and the limits, for tests. */
export type OutboundOverrides = {
  readonly lookup?: Lookup
  readonly nowMs?: () => number
  /** Default limits. They also apply to name lookups and connections, which several requests share. */
  readonly limits?: Partial<OutboundLimits>
}

/**
 * Creates the sender of outbound requests. It checks the origin, resolves its host, and checks each
 * address. Connections use only checked addresses, and are reused while the check is recent.
 *
 * @param allowed private hosts and networks that calls may reach
 * @throws {TypeError} when an entry is neither a host nor a network
 */
export function createOutbound(
  allowed: readonly string[],
  { lookup = systemLookup, nowMs = () => performance.now(), limits = {} }: OutboundOverrides = {},
): Outbound {
  const exceptions = allowed.length === 0 ? NO_EXCEPTIONS : parseOutboundExceptions(allowed)
  if (exceptions === undefined)
    throw new TypeError('An allowed private network is neither a host nor a CIDR.')
  const defaults = { ...LIMITS, ...limits }
  const check = (url: OutboundUrl) =>
    findAllowedAddresses(url, { lookup, exceptions, timeoutMs: defaults.connectMs })
  const pools = createPools({ check, connectMs: defaults.connectMs, nowMs })
  const parsedOrigins = createCache<OutboundUrl>({ entriesMax: CACHED_ORIGINS_MAX })
  const parseOrigin = (origin: string): OutboundUrl => {
    const cached = parsedOrigins.peek(origin)
    if (cached !== undefined) return cached
    const result = parseOutboundUrl(origin, exceptions)
    if (!result.ok || result.url.origin !== origin) throw new OutboundError('address_not_allowed')
    parsedOrigins.set(origin, result.url)
    return result.url
  }
  return {
    send: async (request) => {
      const url = parseOrigin(request.origin)
      const requestLimits =
        request.limits === undefined ? defaults : { ...defaults, ...request.limits }
      if (request.onStep !== undefined)
        return sendOnNewConnection(request, { url, limits: requestLimits, check })
      const send = async () => exchange(await pools.find(url), request, requestLimits)
      if (!canRetry(request)) return send()
      return send().catch((error: OutboundError) => {
        // The response headers had not arrived, so the request can be repeated.
        if (error.fault === 'connection_closed') return send()
        throw error
      })
    },
    checkUrl: (text) => {
      const result = parseOutboundUrl(text, exceptions)
      return result.ok ? undefined : result.rejection
    },
    close: pools.close,
  }
}

/**
 * Returns whether a request is sent once more when the upstream closes the connection before the
 * response. The upstream may have closed an idle connection while the request was in flight
 * (RFC 9112 §9.3.1). Safe methods can be repeated (RFC 9110 §9.2.2).
 */
function canRetry({ method, body }: OutboundRequest): boolean {
  return body === null && SAFE_METHODS.has(method)
}

/** Sends a request over a new connection, so that every step is performed and reported. */
async function sendOnNewConnection(
  request: OutboundRequest,
  {
    url,
    limits,
    check,
  }: {
    readonly url: OutboundUrl
    readonly limits: OutboundLimits
    readonly check: (url: OutboundUrl) => Promise<readonly ResolvedAddress[]>
  },
): Promise<OutboundResponse> {
  const { onStep } = request
  const startedMs = performance.now()
  const addresses = await check(url)
  const address = addresses[0]?.address ?? url.host
  onStep?.({ step: 'address', milliseconds: performance.now() - startedMs, address })
  const pool = await openPool({ url, addresses, timeoutMs: limits.connectMs, onStep }, 1)
  const response = exchange(pool, request, limits)
  // Closes the connection when the exchange has ended.
  void pool.close().catch(() => undefined)
  return response
}
