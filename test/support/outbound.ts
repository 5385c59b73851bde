import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import {
  createOutbound,
  type Outbound,
  OutboundError,
  type OutboundOverrides,
  type OutboundRequest,
} from '../../packages/server/src/outbound/outbound.ts'

/** Opens an outbound client that is closed when the test ends. */
export function openTestOutbound(
  allowed: readonly string[],
  overrides: OutboundOverrides = {},
): Outbound {
  const outbound = createOutbound(allowed, overrides)
  onTestFinished(outbound.close)
  return outbound
}

/** Returns a plain request with these changes. */
export function requestTo(origin: string, rest: Partial<OutboundRequest> = {}): OutboundRequest {
  return { method: 'GET', origin, target: '/', headers: [], body: null, ...rest }
}

/**
 * Returns the status and body of a response, or the code of the failure in the request or in the
 * body.
 */
export async function outcomeOf(outbound: Outbound, request: OutboundRequest): Promise<string> {
  try {
    const response = await outbound.send(request)
    return `${response.status} ${await text(response.body)}`
  } catch (error) {
    if (error instanceof OutboundError) return error.fault
    throw error
  }
}

/** Returns a resolver that knows only these names. */
export function createLookup(
  names: Readonly<Record<string, readonly string[]>>,
): NonNullable<OutboundOverrides['lookup']> {
  return async (host) => {
    const addresses = names[host]
    if (addresses === undefined) throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
}
