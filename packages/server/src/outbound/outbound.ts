import {
  NO_EXCEPTIONS,
  type OutboundUrl,
  parseOutboundExceptions,
  parseOutboundUrl,
} from '@keyporter/protocol'
import {
  type FoundAddress,
  findAllowedAddresses,
  type Lookup,
  systemLookup,
} from './address-policy.ts'
import { exchange } from './exchange.ts'
import { OutboundError } from './faults.ts'
import { createPools, openPool } from './pools.ts'
import type { OutboundLimits, OutboundRequest, OutboundResponse } from './request.ts'

export { OutboundError, type OutboundFault } from './faults.ts'
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
const REMEMBERED_ORIGINS_MAX = 1_000
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Why an address is refused: a word for programs, a sentence for people. */
export type AddressRejection = { readonly code: string; readonly detail: string }

/** The guarded way out: see {@link OutboundRequest}. Follows no redirect, keeps no cookie, uses no proxy. */
export type Outbound = {
  /** @throws {OutboundError} */
  readonly send: (request: OutboundRequest) => Promise<OutboundResponse>
  /**
   * Judges an address as it is written, without looking anything up: for what people type in.
   * Undefined when it may be called, as far as that can be said.
   */
  readonly checkUrl: (url: string) => AddressRejection | undefined
  readonly close: () => Promise<void>
}

/** What a test may put in the place of the machine's own. */
export type OutboundOverrides = {
  readonly lookup?: Lookup
  readonly nowMs?: () => number
  /** Where a request says nothing; also for what several requests wait for together. */
  readonly limits?: Partial<OutboundLimits>
}

/**
 * Makes the way out. An origin is judged, its name looked up, and each of the addresses judged; connections go to
 * these and are used for as long as that is fresh.
 *
 * @param allowed the hosts and networks that may be called although private
 * @throws {TypeError} when one of them is neither
 */
export function createOutbound(
  allowed: readonly string[],
  { lookup = systemLookup, nowMs = () => performance.now(), limits = {} }: OutboundOverrides = {},
): Outbound {
  const exceptions = allowed.length === 0 ? NO_EXCEPTIONS : parseOutboundExceptions(allowed)
  if (exceptions === undefined) throw new TypeError('An exception is neither host nor network.')
  const usual = { ...LIMITS, ...limits }
  const check = (url: OutboundUrl) =>
    findAllowedAddresses(url, { lookup, exceptions, timeoutMs: usual.connectMs })
  const pools = createPools({ check, connectMs: usual.connectMs, nowMs })
  const judged = new Map<string, OutboundUrl>()
  const readOrigin = (origin: string): OutboundUrl => {
    const known = judged.get(origin)
    if (known !== undefined) return known
    const result = parseOutboundUrl(origin, exceptions)
    if (!result.ok || result.url.origin !== origin) throw new OutboundError('address_not_allowed')
    if (judged.size >= REMEMBERED_ORIGINS_MAX) judged.clear()
    judged.set(origin, result.url)
    return result.url
  }
  return {
    send: async (request) => {
      const url = readOrigin(request.origin)
      const its = request.limits === undefined ? usual : { ...usual, ...request.limits }
      if (request.onStep !== undefined) return sendAlone(request, { url, limits: its, check })
      const send = async () => exchange(await pools.find(url), request, its)
      if (!isRepeatable(request)) return send()
      return send().catch((error: OutboundError) => {
        // Nothing of an answer was here: the head is what is waited for.
        if (error.fault === 'hung_up') return send()
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
 * Whether a request may be sent once more when the other side hangs up before it answers. It may have ended a kept
 * connection while the request was on its way (RFC 9112 §9.3.1), and that is no fault of the caller's; safe methods
 * change nothing, however often they are heard (RFC 9110 §9.2.2).
 */
function isRepeatable({ method, body }: OutboundRequest): boolean {
  return body === null && SAFE_METHODS.has(method)
}

/** For people who look for the fault: nothing is taken from before, so that each step is truly made. */
async function sendAlone(
  request: OutboundRequest,
  {
    url,
    limits,
    check,
  }: {
    readonly url: OutboundUrl
    readonly limits: OutboundLimits
    readonly check: (url: OutboundUrl) => Promise<readonly FoundAddress[]>
  },
): Promise<OutboundResponse> {
  const { onStep } = request
  const startedMs = performance.now()
  const addresses = await check(url)
  const address = addresses[0]?.address ?? url.host
  onStep?.({ step: 'address', milliseconds: performance.now() - startedMs, address })
  const pool = await openPool({ url, addresses, timeoutMs: limits.connectMs, onStep }, 1)
  const answer = exchange(pool, request, limits)
  // Ends the connection when the exchange has ended.
  void pool.close().catch(() => undefined)
  return answer
}
