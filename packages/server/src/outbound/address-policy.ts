import { lookup } from 'node:dns/promises'
import { checkAddress, type OutboundExceptions, type OutboundUrl } from '@keyporter/protocol'
import { OutboundError, toOutboundError } from './faults.ts'

/** An address that a host was found at. */
export type FoundAddress = { readonly address: string; readonly family: number }

/** Finds every address of a name. */
export type Lookup = (host: string) => Promise<readonly FoundAddress[]>

/** As every program of this machine finds them: hosts file first, then the resolver. */
export const systemLookup: Lookup = (host) => lookup(host, { all: true, order: 'verbatim' })

/**
 * The addresses of a host, each of them allowed: one that is not refuses all, because nobody can say to which of them
 * a connection would go.
 *
 * @throws {OutboundError} `name_not_found`, `address_not_allowed`, `timed_out`
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
): Promise<readonly FoundAddress[]> {
  const found = url.isAddress
    ? [{ address: url.host, family: url.host.includes(':') ? 6 : 4 }]
    : await findInTime(find(url.host), timeoutMs)
  if (found.length === 0) throw new OutboundError('name_not_found')
  const isAllowed = found.every(
    ({ address }) => checkAddress(address, url, exceptions) === undefined,
  )
  if (!isAllowed) throw new OutboundError('address_not_allowed')
  return found
}

async function findInTime(
  search: Promise<readonly FoundAddress[]>,
  timeoutMs: number,
): Promise<readonly FoundAddress[]> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OutboundError('timed_out')), timeoutMs)
  })
  try {
    return await Promise.race([search, timeout])
  } catch (error) {
    throw toOutboundError(error)
  } finally {
    clearTimeout(timer)
  }
}
