/**
 * Returns the network of an address, by which the brute-force limiter counts: an IPv4 address
 * itself; the /64 of an IPv6 address, because one subscriber controls a whole /64.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const groups = head === '' ? [] : head.split(':')
  const missing =
    tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const full = [...groups, ...Array.from({ length: missing }, () => '0')]
  return `${full.slice(0, 4).join(':')}::/64`
}
