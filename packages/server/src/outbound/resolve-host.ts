import { lookup } from 'node:dns/promises'
import { checkAddress, type OutboundExceptions, type OutboundUrl } from '@keyporter/protocol'
import { OutboundError, toOutboundError } from './outbound-error.ts'

/** An address of a host. */
export type ResolvedAddress = { readonly address: string; readonly family: number }

/** Resolves a host name to all its addresses. */
export type Lookup = (host: string) => Promise<readonly ResolvedAddress[]>

/** Resolves with the operating system: the hosts file first, then DNS. */
export const systemLookup: Lookup = (host) => lookup(host, { all: true, order: 'verbatim' })

/**
 * Returns the addresses of a host. One forbidden address rejects the host, because a connection
 * could use any of the addresses.
 *
 * @throws {OutboundError} `host_not_found`, `address_not_allowed`, `timeout`
 */
export async function findAllowedAddresses(
  url: OutboundUrl,
  {
    lookup: find,
    exceptions,
    timeoutMs,
  }: {
    readonly lookup: Lookup
    readonly exceptions: OutboundExceptions
    readonly timeoutMs: number
  },
): Promise<readonly ResolvedAddress[]> {
  const found = url.isAddress
    ? [{ address: url.host, family: url.host.includes(':') ? 6 : 4 }]
    : await resolveInTime(find(url.host), timeoutMs)
  if (found.length === 0) throw new OutboundError('host_not_found')
  const isAllowed = found.every(
    ({ address }) => checkAddress(address, url, exceptions) === undefined,
  )
  if (!isAllowed) throw new OutboundError('address_not_allowed')
  return found
}

async function resolveInTime(
  search: Promise<readonly ResolvedAddress[]>,
  timeoutMs: number,
): Promise<readonly ResolvedAddress[]> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OutboundError('timeout')), timeoutMs)
  })
  try {
    return await Promise.race([search, timeout])
  } catch (error) {
    throw toOutboundError(error)
  } finally {
    clearTimeout(timer)
  }
}
