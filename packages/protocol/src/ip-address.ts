/** IP addresses and networks, and the special-purpose ranges that are not public. */

/** The bytes of an IP address: 4 or 16. */
export type AddressBytes = readonly number[]

/** A parsed CIDR range. The prefix length is in bits. */
export type Network = { readonly bytes: AddressBytes; readonly prefixLength: number }

const V4_BITS = 32
const V6_BITS = 128

/**
 * IPv4 ranges that are not public: the IANA special-purpose registry (RFC 6890), multicast (RFC 5771), the
 * deprecated 6to4 relay (RFC 7526), and the platform address of Azure. Each text completes “an address …”.
 */
const V4_SPECIAL: readonly (readonly [cidr: string, description: string])[] = [
  ['0.0.0.0/8', 'of the range “this network”'],
  ['10.0.0.0/8', 'of a private network'],
  ['100.64.0.0/10', 'of a carrier-grade NAT network'],
  ['127.0.0.0/8', 'of the loopback interface'],
  ['169.254.0.0/16', 'of the link-local range, which cloud metadata services use'],
  ['172.16.0.0/12', 'of a private network'],
  ['192.0.0.0/24', 'reserved for protocol assignments'],
  ['192.0.2.0/24', 'reserved for documentation'],
  ['192.88.99.0/24', 'of the deprecated 6to4 relay'],
  ['192.168.0.0/16', 'of a private network'],
  ['198.18.0.0/15', 'reserved for benchmarks'],
  ['198.51.100.0/24', 'reserved for documentation'],
  ['203.0.113.0/24', 'reserved for documentation'],
  ['168.63.129.16/32', 'of a cloud platform service'],
  ['224.0.0.0/4', 'of the multicast range'],
  ['240.0.0.0/4', 'of a reserved range'],
]

/** Special-purpose ranges within 2000::/3. Outside of it, only NAT64 is public (RFC 4291 §2.4). */
const V6_SPECIAL: readonly (readonly [cidr: string, description: string])[] = [
  ['2001::/32', 'of a Teredo tunnel'],
  ['2001:db8::/32', 'reserved for documentation'],
  ['2001::/23', 'reserved for protocol assignments'],
  ['2002::/16', 'of a 6to4 tunnel'],
  ['3fff::/20', 'reserved for documentation'],
]

/** Ranges outside of 2000::/3 with a specific description. */
const V6_NOT_GLOBAL: readonly (readonly [cidr: string, description: string])[] = [
  ['::/128', 'that is unspecified'],
  ['::1/128', 'of the loopback interface'],
  ['::ffff:0:0/96', 'that embeds an IPv4 address'],
  ['::/96', 'that embeds an IPv4 address'],
  ['64:ff9b:1::/48', 'of a local NAT64 network'],
  ['fc00::/7', 'of a private network'],
  ['fe80::/10', 'of the link-local range'],
  ['ff00::/8', 'of the multicast range'],
]

const v4Special = toTable(V4_SPECIAL)
const v6Special = toTable(V6_SPECIAL)
const v6NotGlobal = toTable(V6_NOT_GLOBAL)
const globalUnicast: Network = { bytes: [0x20, ...zeros(15)], prefixLength: 3 }
/** RFC 6052 §2.1: NAT64 addresses are as public as the IPv4 address that they contain. */
const nat64: Network = { bytes: [0, 0x64, 0xff, 0x9b, ...zeros(12)], prefixLength: 96 }
const ipv4Mapped: Network = { bytes: [...zeros(10), 0xff, 0xff, ...zeros(4)], prefixLength: 96 }

/**
 * Parses an IP address: four decimal numbers without leading zeros, or RFC 4291 §2.2 without a zone.
 * Returns `undefined` for other text.
 *
 * @example parseAddress('192.0.2.1') // [192, 0, 2, 1]
 */
export function parseAddress(text: string): AddressBytes | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text)
}

/**
 * Parses a CIDR range or a single address. Returns `undefined` for other text. Ignores bits after the
 * prefix.
 *
 * @see RFC 4632 §3.1, RFC 4291 §2.3
 */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', prefix, ...rest] = text.split('/')
  const bytes = parseAddress(address)
  if (bytes === undefined || rest.length > 0) return undefined
  const bitsMax = bytes.length === 4 ? V4_BITS : V6_BITS
  if (prefix === undefined) return { bytes, prefixLength: bitsMax }
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bitsMax) return undefined
  return { bytes, prefixLength: Number(prefix) }
}

/** Whether a network contains an address. An IPv4-mapped IPv6 address counts as its IPv4 address. */
export function containsAddress(network: Network, address: AddressBytes): boolean {
  const isMapped =
    network.bytes.length === 4 && address.length === 16 && hasPrefix(ipv4Mapped, address)
  return hasPrefix(network, isMapped ? address.slice(12) : address)
}

/**
 * Returns the description of a non-public address, to complete “an address …”. Returns `undefined` for
 * public addresses.
 */
export function describeSpecialAddress(address: AddressBytes): string | undefined {
  if (address.length === 4) return findDescription(v4Special, address)
  if (hasPrefix(nat64, address)) return findDescription(v4Special, address.slice(12))
  if (!hasPrefix(globalUnicast, address))
    return findDescription(v6NotGlobal, address) ?? 'of a reserved range'
  return findDescription(v6Special, address) ?? describeIsatap(address)
}

/** ISATAP (RFC 5214 §6.1): an interface identifier that contains an IPv4 address, with any prefix. */
function describeIsatap(address: AddressBytes): string | undefined {
  const [universal, zero, high, low] = address.slice(8, 12)
  const isIsatap =
    (universal === 0 || universal === 2) && zero === 0 && high === 0x5e && low === 0xfe
  return isIsatap ? findDescription(v4Special, address.slice(12)) : undefined
}

function findDescription(
  table: readonly (readonly [Network, string])[],
  address: AddressBytes,
): string | undefined {
  return table.find(([network]) => hasPrefix(network, address))?.[1]
}

function hasPrefix({ bytes, prefixLength }: Network, address: AddressBytes): boolean {
  if (bytes.length !== address.length) return false
  return bytes.every((byte, index) => {
    const bitsOfByte = Math.min(Math.max(prefixLength - index * 8, 0), 8)
    const mask = (0xff << (8 - bitsOfByte)) & 0xff
    return (byte & mask) === ((address[index] ?? 0) & mask)
  })
}

function parseV4(text: string): AddressBytes | undefined {
  const parts = text.split('.')
  const isValid = parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  return parts.length === 4 && isValid ? parts.map(Number) : undefined
}

function parseV6(text: string): AddressBytes | undefined {
  const [head = '', tail, ...rest] = text.split('::')
  if (rest.length > 0) return undefined
  const before = parseGroups(head, tail === undefined)
  const after = tail === undefined ? [] : parseGroups(tail, true)
  if (before === undefined || after === undefined) return undefined
  const missing = 16 - before.length - after.length
  // RFC 4291 §2.2: `::` replaces at least one group.
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined
  return [...before, ...zeros(missing), ...after]
}

/** Parses groups of up to four hexadecimal digits. The last group can be an IPv4 address. */
function parseGroups(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  const bytes: number[] = []
  for (const [index, group] of groups.entries()) {
    const v4 = isLast && index === groups.length - 1 ? parseV4(group) : undefined
    if (v4 !== undefined) bytes.push(...v4)
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
    } else return undefined
  }
  return bytes
}

function toTable(
  rows: readonly (readonly [string, string])[],
): readonly (readonly [Network, string])[] {
  return rows.flatMap(([cidr, description]) => {
    const network = parseNetwork(cidr)
    return network === undefined ? [] : [[network, description] as const]
  })
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0)
}
