import type { OutboundUrl } from '@keyporter/protocol'
import type { Dispatcher, Pool } from 'undici'
import type { FoundAddress } from './address-policy.ts'
import { type Destination, openConnection } from './connect.ts'
import { OutboundError, toOutboundError } from './faults.ts'

/** How long an answer of the resolver, and the verdict on it, may stand. */
const CHECK_MS = 30_000
const ORIGINS_MAX = 1_000
const CONNECTIONS_PER_ORIGIN_MAX = 128
/** Shorter than the usual patience of servers, so that they seldom hang up on a request that is on its way. */
const IDLE_MS = 4_000
const IDLE_MAX_MS = 30_000
const HEAD_BYTES_MAX = 65_536

/** Connections to one origin, and the addresses that they may lead to. */
type Entry = {
  readonly pool: Pool
  readonly addresses: readonly FoundAddress[]
  readonly checkedMs: number
}

/** Connections that are kept for the next request, by origin. */
export type Pools = {
  /** Connections whose addresses were checked a moment ago. @throws {OutboundError} */
  readonly find: (url: OutboundUrl) => Promise<Dispatcher>
  readonly close: () => Promise<void>
}

/** @param check finds and judges the addresses of a host */
export function createPools({
  check,
  connectMs,
  nowMs,
}: {
  readonly check: (url: OutboundUrl) => Promise<readonly FoundAddress[]>
  readonly connectMs: number
  readonly nowMs: () => number
}): Pools {
  const entries = new Map<string, Entry>()
  const searches = new Map<string, Promise<Entry>>()

  const renew = async (url: OutboundUrl): Promise<Entry> => {
    const addresses = await check(url)
    const checkedMs = nowMs()
    const old = entries.get(url.origin)
    // Of those who open connections, who opened the ones at hand must not lead elsewhere than is right now.
    const isSame = old !== undefined && includesAll(addresses, old.addresses)
    const pool = isSame ? old.pool : await openPool({ url, addresses, timeoutMs: connectMs })
    const entry = { pool, addresses: isSame ? old.addresses : addresses, checkedMs }
    entries.delete(url.origin)
    entries.set(url.origin, entry)
    if (!isSame) retire(old)
    if (entries.size > ORIGINS_MAX) drop(entries.keys().next().value)
    return entry
  }
  const retire = (entry: Entry | undefined): void => {
    // Exchanges under way end in peace, over connections that were right when they began.
    void entry?.pool.close().catch(() => undefined)
  }
  const drop = (origin: string | undefined): void => {
    if (origin === undefined) return
    retire(entries.get(origin))
    entries.delete(origin)
  }
  const search = async (url: OutboundUrl): Promise<Entry> => {
    const running = searches.get(url.origin) ?? renew(url)
    searches.set(url.origin, running)
    try {
      return await running
    } catch (error) {
      // What is no longer allowed is not called over an old connection either.
      drop(url.origin)
      throw toOutboundError(error)
    } finally {
      searches.delete(url.origin)
    }
  }
  return {
    find: async (url) => {
      const entry = entries.get(url.origin)
      const isFresh = entry !== undefined && nowMs() - entry.checkedMs < CHECK_MS
      return isFresh ? entry.pool : (await search(url)).pool
    },
    close: async () => {
      const open = [...entries.values()]
      entries.clear()
      await Promise.all(open.map(({ pool }) => pool.destroy()))
    },
  }
}

/** Connections for one destination. The HTTP client is loaded when the first is wanted. */
export async function openPool(destination: Destination, connectionsMax?: number): Promise<Pool> {
  const { Pool: UndiciPool } = await import('undici')
  return new UndiciPool(destination.url.origin, {
    connections: connectionsMax ?? CONNECTIONS_PER_ORIGIN_MAX,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MAX_MS,
    maxHeaderSize: HEAD_BYTES_MAX,
    connect: (_, callback) =>
      openConnection(destination, (outcome) => {
        if (outcome instanceof OutboundError) callback(outcome, null)
        else callback(null, outcome)
      }),
  })
}

function includesAll(all: readonly FoundAddress[], some: readonly FoundAddress[]): boolean {
  return some.every(({ address }) => all.some((other) => other.address === address))
}
