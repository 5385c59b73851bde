import type { OutboundUrl } from '@keyporter/protocol'
import type { Dispatcher, Pool } from 'undici'
import { type Destination, openConnection } from './connect.ts'
import { OutboundError, toOutboundError } from './outbound-error.ts'
import type { ResolvedAddress } from './resolve-host.ts'

/** How long checked addresses are used before the host is resolved and checked again. */
const ADDRESSES_VALID_MS = 30_000
const ORIGINS_MAX = 1_000
const CONNECTIONS_PER_ORIGIN_MAX = 128
/**
 * Shorter than the idle timeout of most servers, so that they rarely close a connection during a
 * request.
 */
const IDLE_MS = 4_000
/** Limits the `Keep-Alive` timeout that an upstream requests. */
const IDLE_MAX_MS = 30_000
const HEAD_BYTES_MAX = 65_536

/** The connections to an origin and their checked addresses. `checkedMs`: when they were checked. */
type Entry = {
  readonly pool: Pool
  readonly addresses: readonly ResolvedAddress[]
  readonly checkedMs: number
}

/** Keeps connections for later requests, by origin. */
export type Pools = {
  /** Returns connections with recently checked addresses. @throws {OutboundError} */
  readonly find: (url: OutboundUrl) => Promise<Dispatcher>
  readonly close: () => Promise<void>
}

/**
 * Creates the connection pools.
 *
 * @param check resolves a host and checks its addresses
 */
export function createPools({
  check,
  connectMs,
  nowMs,
}: {
  readonly check: (url: OutboundUrl) => Promise<readonly ResolvedAddress[]>
  readonly connectMs: number
  readonly nowMs: () => number
}): Pools {
  const entries = new Map<string, Entry>()
  const refreshes = new Map<string, Promise<Entry>>()

  const refresh = async (url: OutboundUrl): Promise<Entry> => {
    const addresses = await check(url)
    const checkedMs = nowMs()
    const previous = entries.get(url.origin)
    // Idle sockets may use an address that is no longer allowed: reuse the pool only if its
    // addresses still are.
    const isSame = previous !== undefined && containsAll(addresses, previous.addresses)
    const pool = isSame ? previous.pool : await openPool({ url, addresses, timeoutMs: connectMs })
    const entry = { pool, addresses: isSame ? previous.addresses : addresses, checkedMs }
    entries.delete(url.origin)
    entries.set(url.origin, entry)
    if (!isSame) retire(previous)
    if (entries.size > ORIGINS_MAX) drop(entries.keys().next().value)
    return entry
  }
  const retire = (entry: Entry | undefined): void => {
    // Exchanges in progress complete, over connections that were allowed when they began.
    void entry?.pool.close().catch(() => undefined)
  }
  const drop = (origin: string | undefined): void => {
    if (origin === undefined) return
    retire(entries.get(origin))
    entries.delete(origin)
  }
  const refreshOnce = async (url: OutboundUrl): Promise<Entry> => {
    const running = refreshes.get(url.origin) ?? refresh(url)
    refreshes.set(url.origin, running)
    try {
      return await running
    } catch (error) {
      // A host that is no longer allowed must not be called over an existing connection either.
      drop(url.origin)
      throw toOutboundError(error)
    } finally {
      refreshes.delete(url.origin)
    }
  }
  return {
    find: async (url) => {
      const entry = entries.get(url.origin)
      const isFresh = entry !== undefined && nowMs() - entry.checkedMs < ADDRESSES_VALID_MS
      return isFresh ? entry.pool : (await refreshOnce(url)).pool
    },
    close: async () => {
      const open = [...entries.values()]
      entries.clear()
      await Promise.all(open.map(({ pool }) => pool.destroy()))
    },
  }
}

/** Opens the connections for a destination. Loads the HTTP client on first use. */
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

function containsAll(all: readonly ResolvedAddress[], some: readonly ResolvedAddress[]): boolean {
  return some.every(({ address }) => all.some((other) => other.address === address))
}
