import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readVectors, requireVectors } from '../../../test/support/vectors.ts'
import {
  checkAddress,
  type OutboundExceptions,
  parseOutboundExceptions,
  parseOutboundUrl,
} from './outbound-url.ts'

const somewhere = { scheme: 'https', host: 'api.example.com' } as const

function codeOf(text: string, exceptions?: OutboundExceptions): string {
  const result = parseOutboundUrl(text, exceptions)
  return result.ok ? 'allowed' : result.rejection.code
}

function except(...parts: string[]): OutboundExceptions {
  const exceptions = parseOutboundExceptions(parts)
  if (exceptions === undefined) throw new TypeError('These are no exceptions.')
  return exceptions
}

describe('does', () => {
  test('an https URL is parsed', () => {
    expect(parseOutboundUrl('HTTPS://API.Example.com:443/v2/./a%20b?x=1')).toEqual({
      ok: true,
      url: {
        scheme: 'https',
        host: 'api.example.com',
        isAddress: false,
        port: 443,
        origin: 'https://api.example.com',
        path: '/v2/a%20b',
        query: '?x=1',
      },
    })
  })

  test.each([
    'https://api.example.com',
    'https://api.example.com:8443/v2',
    'https://bücher.example/',
    'https://a_b.example.com/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700:0:0:0:0:1111]:8443/',
    'https://192.0.0.1.example.com/',
  ])('%s is allowed', (text) => {
    expect(codeOf(text)).toBe('allowed')
  })

  test.each(['8.8.8.8', '2606:4700:4700::1111', '64:ff9b::8.8.8.8', '2600::5efe:808:808'])(
    'a name may resolve to %s',
    (address) => {
      expect(checkAddress(address, somewhere)).toBeUndefined()
    },
  )

  test('exceptions can be private and without TLS', () => {
    expect(codeOf('http://127.0.0.1:8080/', except('127.0.0.1/32'))).toBe('allowed')
    expect(codeOf('http://[::1]/', except('[::1]'))).toBe('allowed')
    expect(codeOf('http://intranet/', except('INTRANET'))).toBe('allowed')
    expect(checkAddress('10.1.2.3', { scheme: 'http', host: 'intranet' }, except('intranet'))).toBe(
      undefined,
    )
    expect(checkAddress('10.1.2.3', { scheme: 'http', host: 'x' }, except('10.0.0.0/8'))).toBe(
      undefined,
    )
    expect(checkAddress('::ffff:10.1.2.3', somewhere, except('10.0.0.0/8'))).toBeUndefined()
  })

  test('exceptions allow no other hosts', () => {
    expect(codeOf('http://127.0.0.2/', except('127.0.0.1'))).toBe('scheme_not_allowed')
    expect(codeOf('https://127.0.0.2/', except('127.0.0.1'))).toBe('private_address')
    expect(codeOf('http://a.intranet/', except('intranet'))).toBe('scheme_not_allowed')
    expect(checkAddress('10.1.2.3', somewhere, except('10.1.2.4/31'))?.code).toBe('private_address')
    // A name can be called without TLS only if it resolves to an address in the network.
    expect(codeOf('http://x.example/', except('10.0.0.0/8'))).toBe('allowed')
    expect(
      checkAddress('8.8.8.8', { scheme: 'http', host: 'x.example' }, except('10.0.0.0/8'))?.code,
    ).toBe('scheme_not_allowed')
  })
})

describe('rejects', () => {
  test.each([
    [
      'not_a_url',
      ['', 'api.example.com', '/v2', 'https://', 'https:///x', 'https:api.example.com'],
    ],
    ['not_a_url', ['https:\\\\api.example.com', 'https://api.example.com\\@evil.example/']],
    ['not_a_url', [' https://a.example', 'https://a.exam\tple/', 'https://a.example/\r\nX: y']],
    ['not_a_url', ['https://a.example:65536/', 'https://1.2.3.4.5/', 'https://[::1%25eth0]/']],
    ['scheme_not_allowed', ['http://a.example/', 'ftp://a.example/', 'file:///etc/passwd']],
    ['scheme_not_allowed', ['data:text/plain,x', 'gopher://a.example/', 'unix:/var/run/x.sock']],
    ['scheme_not_allowed', ['javascript:alert(1)', 'wss://a.example/', 'blob:https://a.example/1']],
    ['user_in_url', ['https://user@a.example/', 'https://u:p@a.example/', 'https://@a.example/']],
    ['user_in_url', ['https://api.example.com@evil.example/', 'https://a.example%40@evil.example']],
    ['fragment_in_url', ['https://a.example/#x', 'https://a.example#', 'https://a.example/?q#']],
    ['port_not_allowed', ['https://a.example:0/', 'https://a.example:000/']],
    ['host_not_allowed', ['https://a.example./', 'https://127.0.0.1./', 'https://a..example/']],
    ['host_not_allowed', ["https://a'b.example/", 'https://a*b.example/', 'https://-a.example/']],
    ['host_not_allowed', [`https://${'a'.repeat(64)}.example/`]],
    ['private_address', ['https://localhost/', 'https://x.LOCALHOST/']],
  ])('as %s: %j', (code, texts) => {
    expect(texts.map((text) => codeOf(text))).toEqual(texts.map(() => code))
  })

  test.each([
    ['decimal', '2130706433'],
    ['hexadecimal', '0x7f000001'],
    ['hexadecimal parts', '0x7f.0x0.0x0.0x1'],
    ['octal', '0177.0.0.1'],
    ['octal with more zeros', '000177.0.0.01'],
    ['short', '127.1'],
    ['zero', '0'],
    ['full width', '１２７.０.０.１'],
    ['circled', '①②⑦.⓪.⓪.①'],
    ['ideographic full stop', '127。0。0。1'],
    ['percent-encoded', '%31%32%37.0.0.1'],
    ['trailing dot', '127.0.0.1.'],
    ['decimal of a public address', '134744072'],
    ['mapped', '[::ffff:127.0.0.1]'],
    ['mapped, in hexadecimal', '[::ffff:7f00:1]'],
    ['mapped public address', '[::ffff:8.8.8.8]'],
    ['compatible', '[::127.0.0.1]'],
    ['compatible, in hexadecimal', '[::7f00:1]'],
    ['translated', '[::ffff:0:127.0.0.1]'],
    ['NAT64', '[64:ff9b::127.0.0.1]'],
    ['NAT64 of the metadata', '[64:ff9b::a9fe:a9fe]'],
    ['local NAT64', '[64:ff9b:1::8.8.8.8]'],
    ['6to4', '[2002:7f00:1::]'],
    ['Teredo', '[2001:0:53aa:64c:0:0:80ff:fffe]'],
    ['ISATAP', '[2600::5efe:7f00:1]'],
    ['ISATAP, universal', '[2600::200:5efe:10.0.0.1]'],
    ['ISATAP of the local link', '[fe80::5efe:7f00:1]'],
    ['site-local', '[fec0::1]'],
  ])('a private address in the spelling %s', (_, host) => {
    expect(codeOf(`https://${host}/`)).toMatch(/^(private_address|host_not_allowed)$/)
  })

  test.each(['fe80::1%eth0', 'fe80::1%1', '2606:4700::1%lo', 'nonsense', '', '1.2.3', '::1::'])(
    'an unparsable address from the resolver: %s',
    (address) => {
      expect(checkAddress(address, somewhere)?.code).toBe('private_address')
    },
  )

  test.each([
    '0.0.0.0',
    '255.255.255.255',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fd00:ec2::254',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    'ff02::1',
    'ff0e::1',
    '::',
    '4000::1',
    'fec0::1',
  ])('%s, in the URL and as the address of a name', (address) => {
    expect(codeOf(`https://${inUrl(address)}/`)).toBe('private_address')
    expect(checkAddress(address, somewhere)?.code).toBe('private_address')
  })

  test.for(['iana-ipv4-special-registry-1.csv', 'iana-ipv6-special-registry-1.csv'])(
    'the first and the last address of every block of %s that is not globally reachable',
    (name, ctx) => {
      const csv = readFileSync(requireVectors(ctx, 'ssrf-iana', name), 'utf8')
      const blocks = readInnerBlocks(csv)
      expect(blocks.length).toBeGreaterThan(15)
      const edges = blocks.flatMap(edgesOf)
      expect(edges.filter((it) => checkAddress(it, somewhere) === undefined)).toEqual([])
      expect(edges.filter((it) => codeOf(`https://${inUrl(it)}/`) === 'allowed')).toEqual([])
    },
  )

  test('failures of the URL Standard’s tests, and parses the rest like them', (ctx) => {
    type Case = { input: string; base: string | null; failure?: true; hostname?: string }
    const cases = readVectors<(Case | string)[]>(ctx, 'url-parsing', 'urltestdata.json')
      .filter((it): it is Case => typeof it !== 'string')
      .filter(({ input }) => /^https?:/i.test(input))
    const wrong = cases.filter(({ input, failure, hostname }) => {
      const result = parseOutboundUrl(input.replace(/^https?/i, 'https'))
      return result.ok && (failure === true || inUrl(result.url.host) !== hostname)
    })
    expect(cases.length).toBeGreaterThan(200)
    expect(wrong).toEqual([])
  })

  test('a collection of SSRF attack URLs', (ctx) => {
    const names = ['readme', 'ssrf-cloud-instances'].map(
      (part) => `server-side-request-forgery_${part}.md`,
    )
    const texts = names.map((name) =>
      readFileSync(requireVectors(ctx, 'payloads-all-the-things', name), 'utf8'),
    )
    const urls = texts.join('\n').match(/[a-z]+:\/\/(\d|\[[\d:]|localhost)[^\s`"<>|)]*/gi) ?? []
    // Names are checked after resolution; 1.1.1.1 is public.
    const inner = urls.filter((url) => !/\/\/([\w.-]*\.[a-z]{2,}(\/|$)|1\.1\.1\.1)/.test(url))
    expect(inner.length).toBeGreaterThan(60)
    const asked = inner.map((url) => url.replace(/^http:/, 'https:'))
    expect(asked.filter((url) => codeOf(url) === 'allowed')).toEqual([])
  })

  test('exceptions that are neither a host nor a network', () => {
    const parts = ['', '127.1', '0x7f000001', '2130706433', '10.0.0.0/33', '10.0.0.0/08', '::/129']
    const others = ['a..b', 'intranet.', 'intranet:80', 'https://intranet', '10.0.0.0/8/8', '*.x']
    expect([...parts, ...others].filter((part) => parseOutboundExceptions([part]))).toEqual([])
  })
})

/** Returns the URL host of an address. */
function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

/** Returns the first column of the registry rows whose ninth column is not True. */
function readInnerBlocks(csv: string): string[] {
  const rows = csv.replace(/"[^"]*"/g, (it) => it.replace(/[\r\n]+/g, ' ').replace(/,/g, ';'))
  const cells = rows
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((row) => row.split(','))
  const inner = cells.filter(
    ([, , , , , , , , reachable]) => reachable?.startsWith('True') !== true,
  )
  return inner.flatMap(([blocks = '']) => blocks.match(/[0-9a-f.:]+\/\d+/g) ?? [])
}

/** Returns the first and the last address of a block. */
function edgesOf(block: string): string[] {
  const [address = '', prefix = ''] = block.split('/')
  const isV6 = address.includes(':')
  const groups = isV6 ? expand(address) : address.split('.').map((part) => Number(part))
  const [width, base] = isV6 ? [16, 16] : [8, 10]
  const last = groups.map((group, index) => {
    const free = Math.min(Math.max((index + 1) * width - Number(prefix), 0), width)
    return group | (2 ** free - 1)
  })
  return [groups, last].map((it) => it.map((group) => group.toString(base)).join(isV6 ? ':' : '.'))
}

function expand(address: string): number[] {
  const [head = [], tail = []] = address
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16))
}
