/** Addresses and networks of the internet protocols, and which of them are not the public internet. */

/** The bytes of an address: four or sixteen. */
export type AddressBytes = readonly number[]

/** A range of addresses in CIDR notation, taken apart. */
export type Network = { readonly bytes: AddressBytes; readonly bits: number }

const V4_BITS = 32
const V6_BITS = 128

/**
 * What is not globally reachable by IPv4: the IANA registry of special-purpose addresses (RFC 6890), to it
 * multicast (RFC 5771), the deprecated relay of 6to4 (RFC 7526), and the address at which Azure serves its
 * virtual machines alone. Blocks inside others stand where their name helps.
 */
const V4_SPECIAL: readonly (readonly [cidr: string, what: string])[] = [
  ['0.0.0.0/8', 'of “this network”'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'of a carrier’s inner network'],
  ['127.0.0.0/8', 'of this machine itself'],
  ['169.254.0.0/16', 'of the local link, where clouds serve their metadata'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved for protocols'],
  ['192.0.2.0/24', 'for documentation'],
  ['192.88.99.0/24', 'of a relay that is out of use'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'for measurements'],
  ['198.51.100.0/24', 'for documentation'],
  ['203.0.113.0/24', 'for documentation'],
  ['168.63.129.16/32', 'of a cloud’s inner services'],
  ['224.0.0.0/4', 'of a group, not of a machine'],
  ['240.0.0.0/4', 'reserved'],
]

/** The same of what lies within 2000::/3; beyond it nothing is global unicast (RFC 4291 §2.4) but NAT64. */
const V6_SPECIAL: readonly (readonly [cidr: string, what: string])[] = [
  ['2001::/32', 'of a Teredo tunnel'],
  ['2001:db8::/32', 'for documentation'],
  ['2001::/23', 'reserved for protocols'],
  ['2002::/16', 'of a 6to4 tunnel'],
  ['3fff::/20', 'for documentation'],
]

/** Of what lies beyond 2000::/3, what has a name worth saying. */
const V6_NON_UNICAST: readonly (readonly [cidr: string, what: string])[] = [
  ['::/128', 'no address at all'],
  ['::1/128', 'of this machine itself'],
  ['::ffff:0:0/96', 'of IPv4 in the dress of IPv6'],
  ['::/96', 'of IPv4 in the dress of IPv6'],
  ['64:ff9b:1::/48', 'of a local translation to IPv4'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'of the local link'],
  ['ff00::/8', 'of a group, not of a machine'],
]

const v4Special = toTable(V4_SPECIAL)
const v6Special = toTable(V6_SPECIAL)
const v6NonUnicast = toTable(V6_NON_UNICAST)
const globalUnicast: Network = { bytes: [0x20, ...zeros(15)], bits: 3 }
/** RFC 6052 §2.1: how hosts with IPv6 alone reach those with IPv4 alone, and as public as those. */
const translated: Network = { bytes: [0, 0x64, 0xff, 0x9b, ...zeros(12)], bits: 96 }
const mapped: Network = { bytes: [...zeros(10), 0xff, 0xff, ...zeros(4)], bits: 96 }

/**
 * The bytes of an address in its usual text form: four decimal numbers without leading zeros, or RFC 4291 §2.2
 * without a zone. `undefined` for everything else.
 *
 * @example parseAddress('192.0.2.1') // [192, 0, 2, 1]
 */
export function parseAddress(text: string): AddressBytes | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text)
}

/**
 * A network in CIDR notation, or a single address; `undefined` when it is neither. Bits beyond the prefix are
 * ignored.
 *
 * @see RFC 4632 §3.1, RFC 4291 §2.3
 */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', prefix, ...rest] = text.split('/')
  const bytes = parseAddress(address)
  if (bytes === undefined || rest.length > 0) return undefined
  const bitsMax = bytes.length === 4 ? V4_BITS : V6_BITS
  if (prefix === undefined) return { bytes, bits: bitsMax }
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bitsMax) return undefined
  return { bytes, bits: Number(prefix) }
}

/** Whether a network holds an address; an IPv4 address in the dress of IPv6 counts as what it is. */
export function containsAddress(network: Network, address: AddressBytes): boolean {
  const isDressed = network.bytes.length === 4 && address.length === 16 && contains(mapped, address)
  return contains(network, isDressed ? address.slice(12) : address)
}

/**
 * What kind of address it is that is no public one, in words that follow “an address”; `undefined` for
 * the public ones.
 */
export function describeSpecialAddress(address: AddressBytes): string | undefined {
  if (address.length === 4) return find(v4Special, address)
  if (contains(translated, address)) return find(v4Special, address.slice(12))
  if (!contains(globalUnicast, address)) return find(v6NonUnicast, address) ?? 'reserved'
  return find(v6Special, address) ?? describeIsatap(address)
}

/** RFC 5214 §6.1: an interface identifier that holds an IPv4 address, behind any prefix. */
function describeIsatap(address: AddressBytes): string | undefined {
  const [universal, zero, high, low] = address.slice(8, 12)
  const isIsatap =
    (universal === 0 || universal === 2) && zero === 0 && high === 0x5e && low === 0xfe
  return isIsatap ? find(v4Special, address.slice(12)) : undefined
}

function find(
  table: readonly (readonly [Network, string])[],
  address: AddressBytes,
): string | undefined {
  return table.find(([network]) => contains(network, address))?.[1]
}

function contains({ bytes, bits }: Network, address: AddressBytes): boolean {
  if (bytes.length !== address.length) return false
  return bytes.every((byte, index) => {
    const bitsHere = Math.min(Math.max(bits - index * 8, 0), 8)
    const mask = (0xff << (8 - bitsHere)) & 0xff
    return (byte & mask) === ((address[index] ?? 0) & mask)
  })
}

function parseV4(text: string): AddressBytes | undefined {
  const parts = text.split('.')
  const isWritten = parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  return parts.length === 4 && isWritten ? parts.map(Number) : undefined
}

function parseV6(text: string): AddressBytes | undefined {
  const [head = '', tail, ...rest] = text.split('::')
  if (rest.length > 0) return undefined
  const before = parseGroups(head, tail === undefined)
  const after = tail === undefined ? [] : parseGroups(tail, true)
  if (before === undefined || after === undefined) return undefined
  const missing = 16 - before.length - after.length
  // RFC 4291 §2.2: `::` stands for one group at least.
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined
  return [...before, ...zeros(missing), ...after]
}

/** Groups of four hexadecimal digits; the last may be an IPv4 address where the text ends with it. */
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
  return rows.flatMap(([cidr, what]) => {
    const network = parseNetwork(cidr)
    return network === undefined ? [] : [[network, what] as const]
  })
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0)
}
