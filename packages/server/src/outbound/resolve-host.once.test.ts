import { describe, expect, test } from 'vitest'
import {
  createLookup,
  openTestOutbound,
  outcomeOf,
  requestTo,
} from '../../../../test/support/outbound.ts'
import { startHttpUpstream } from '../../../../test/support/raw-upstream.ts'

const loopback = ['127.0.0.1/32', '::1/128']

function startPlainUpstream(host?: string) {
  return startHttpUpstream((request, response) => response.end(request.headers.host), host)
}

describe('does', () => {
  test('the connection uses the checked address and the host name', async () => {
    const upstream = await startPlainUpstream()
    const lookup = createLookup({ 'api.example.com': ['127.0.0.1'] })
    const outbound = openTestOutbound(loopback, { lookup })
    const origin = `http://api.example.com:${upstream.port}`
    expect(await outcomeOf(outbound, requestTo(origin))).toBe(
      `200 api.example.com:${upstream.port}`,
    )
  })

  test('a host with several addresses is reachable if one of them accepts connections', async () => {
    const upstream = await startPlainUpstream('127.0.0.1')
    const lookup = createLookup({ 'api.example.com': ['::1', '127.0.0.1'] })
    const outbound = openTestOutbound(loopback, { lookup })
    const origin = `http://api.example.com:${upstream.port}`
    expect(await outcomeOf(outbound, requestTo(origin))).toMatch(/^200 /)
  })

  test('IPv6 addresses are supported', async () => {
    const upstream = await startPlainUpstream('::1')
    const sent = outcomeOf(openTestOutbound(loopback), requestTo(upstream.origin))
    expect(await sent).toBe(`200 [::1]:${upstream.port}`)
  })

  test('a host that the operator allows may have a private address', async () => {
    const upstream = await startPlainUpstream()
    const lookup = createLookup({ intranet: ['127.0.0.1'], other: ['127.0.0.1'] })
    const outbound = openTestOutbound(['intranet'], { lookup })
    const at = (host: string) => requestTo(`http://${host}:${upstream.port}`)
    expect(await outcomeOf(outbound, at('intranet'))).toMatch(/^200 /)
    expect(await outcomeOf(outbound, at('other'))).toBe('address_not_allowed')
    expect(await outcomeOf(outbound, at('127.0.0.1'))).toBe('address_not_allowed')
    expect(upstream.connectionCount()).toBe(1)
  })

  test('a name is resolved once for concurrent requests, and again after 30 seconds', async () => {
    const upstream = await startPlainUpstream()
    let count = 0
    let nowMs = 0
    const lookup = async () => {
      count += 1
      return [{ address: '127.0.0.1', family: 4 }]
    }
    const outbound = openTestOutbound(loopback, { lookup, nowMs: () => nowMs })
    const origin = `http://api.example.com:${upstream.port}`
    await Promise.all(Array.from({ length: 5 }, () => outcomeOf(outbound, requestTo(origin))))
    expect(count).toBe(1)
    nowMs = 29_999
    await outcomeOf(outbound, requestTo(origin))
    expect(count).toBe(1)
    nowMs = 30_000
    await outcomeOf(outbound, requestTo(origin))
    expect(count).toBe(2)
  })
})

describe('rejects', () => {
  test.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '①②⑦.⓪.⓪.①',
    '１２７.0.0.1',
    '127.0.0.1.',
    'localhost',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[2002:7f00:1::]',
  ])('the loopback address spelled %s, without a connection', async (host) => {
    const upstream = await startPlainUpstream()
    const outbound = openTestOutbound([])
    const origins = [`https://${host}:${upstream.port}`, `http://${host}:${upstream.port}`]
    // The text that a person enters, and its normalized form.
    const spelled = [...origins, ...origins.map((it) => new URL(it).origin)]
    const outcomes = spelled.map((origin) => outcomeOf(outbound, requestTo(origin)))
    expect(await Promise.all(outcomes)).toEqual(spelled.map(() => 'address_not_allowed'))
    expect(spelled.filter((origin) => outbound.checkUrl(origin) === undefined)).toEqual([])
    expect(upstream.connectionCount()).toBe(0)
  })

  test.each([
    ['a private address', ['127.0.0.1']],
    ['a private IPv6 address', ['::1']],
    ['an IPv4-mapped IPv6 address', ['::ffff:127.0.0.1']],
    ['an allowed and a forbidden address', ['8.8.8.8', '127.0.0.1']],
    ['a forbidden and an allowed address', ['127.0.0.1', '8.8.8.8']],
    ['the metadata service of a cloud provider', ['169.254.169.254']],
    ['an address with a zone', ['fe80::1%lo']],
  ])('a name that resolves to %s, without a connection', async (_, addresses) => {
    const upstream = await startPlainUpstream()
    const outbound = openTestOutbound([], {
      lookup: createLookup({ 'api.example.com': addresses }),
    })
    const origin = `https://api.example.com:${upstream.port}`
    expect(outbound.checkUrl(origin)).toBeUndefined()
    expect(await outcomeOf(outbound, requestTo(origin))).toBe('address_not_allowed')
    expect(upstream.connectionCount()).toBe(0)
  })

  test('DNS rebinding between the check and the connection', async () => {
    // A second lookup would return ::1.
    const [right, wrong] = await Promise.all([startPlainUpstream(), startPlainUpstream('::1')])
    const addresses = ['127.0.0.1', '::1']
    const lookup = async () => [{ address: addresses.shift() ?? '::1', family: 4 }]
    const outbound = openTestOutbound(['127.0.0.1'], { lookup })
    const origin = `http://api.example.com:${right.port}`
    expect(await outcomeOf(outbound, requestTo(origin))).toMatch(/^200 /)
    expect([right.connectionCount(), wrong.connectionCount()]).toEqual([1, 0])
  })

  test('a name that now resolves to a private address, over new and idle connections', async () => {
    const upstream = await startPlainUpstream()
    let nowMs = 0
    let address = '127.0.0.1'
    const lookup = async () => [{ address, family: 4 }]
    const outbound = openTestOutbound(['127.0.0.1'], { lookup, nowMs: () => nowMs })
    const origin = `http://api.example.com:${upstream.port}`
    expect(await outcomeOf(outbound, requestTo(origin))).toMatch(/^200 /)
    nowMs = 30_000
    address = '127.0.0.2'
    expect(await outcomeOf(outbound, requestTo(origin))).toBe('address_not_allowed')
    await expect.poll(upstream.openCount).toBe(0)
    expect(upstream.connectionCount()).toBe(1)
  })

  test('idle connections to an address that the name no longer has', async () => {
    const first = await startPlainUpstream('127.0.0.1')
    let nowMs = 0
    let address = '127.0.0.1'
    const lookup = async () => [{ address, family: 4 }]
    const outbound = openTestOutbound(['127.0.0.0/8'], { lookup, nowMs: () => nowMs })
    const origin = `http://api.example.com:${first.port}`
    expect(await outcomeOf(outbound, requestTo(origin))).toMatch(/^200 /)
    nowMs = 30_000
    address = '127.0.0.2'
    expect(await outcomeOf(outbound, requestTo(origin))).toBe('connection_refused')
    await expect.poll(first.openCount).toBe(0)
    expect(first.connectionCount()).toBe(1)
  })

  test('a name without addresses, as host_not_found', async () => {
    const outbound = openTestOutbound(loopback, { lookup: createLookup({ 'empty.example': [] }) })
    const upstream = await startPlainUpstream()
    const closed = upstream.origin.replace(/\d+$/, '1')
    expect(await outcomeOf(outbound, requestTo('https://unknown.example'))).toBe('host_not_found')
    expect(await outcomeOf(outbound, requestTo('https://empty.example'))).toBe('host_not_found')
    expect(await outcomeOf(outbound, requestTo(closed))).toBe('connection_refused')
  })

  test.each([
    'https://user@api.example.com',
    'https://api.example.com/',
    'https://api.example.com:443',
    'https://API.example.com',
    'ftp://api.example.com',
    'file:///etc/passwd',
    'https://api.example.com#x',
    'api.example.com',
    'null',
  ])('the invalid origin %s', async (origin) => {
    const outbound = openTestOutbound(loopback, { lookup: createLookup({}) })
    expect(await outcomeOf(outbound, requestTo(origin))).toBe('address_not_allowed')
  })

  test('an invalid private network exception', () => {
    expect(() => openTestOutbound(['10.0.0.0/33'])).toThrow(TypeError)
  })
})
