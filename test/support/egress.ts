import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import {
  createEgress,
  type Egress,
  EgressError,
  type EgressRequest,
  type EgressSurroundings,
} from '../../packages/server/src/outbound/outbound.ts'

/** A way out that is closed when the test ends. */
export function openEgress(allowed: readonly string[], around: EgressSurroundings = {}): Egress {
  const egress = createEgress(allowed, around)
  onTestFinished(egress.close)
  return egress
}

/** A plain request, but for what is given. */
export function requestTo(origin: string, rest: Partial<EgressRequest> = {}): EgressRequest {
  return { method: 'GET', origin, target: '/', headers: [], body: null, ...rest }
}

/** What comes of a request: status and body, or the word for what went wrong, on the way or in the body. */
export async function outcomeOf(egress: Egress, request: EgressRequest): Promise<string> {
  try {
    const answer = await egress.send(request)
    return `${answer.status} ${await text(answer.body)}`
  } catch (error) {
    if (error instanceof EgressError) return error.fault
    throw error
  }
}

/** A resolver that knows these names alone. */
export function lookupIn(
  names: Readonly<Record<string, readonly string[]>>,
): NonNullable<EgressSurroundings['lookup']> {
  return async (host) => {
    const addresses = names[host]
    if (addresses === undefined) throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
}
