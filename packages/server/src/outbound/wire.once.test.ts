import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { openTestOutbound, outcomeOf, requestTo } from '../../../../test/support/outbound.ts'
import {
  respondRaw,
  startHttpUpstream,
  startRawUpstream,
} from '../../../../test/support/raw-upstream.ts'
import { requireVectors } from '../../../../test/support/vectors.ts'
import type { OutboundRequest } from './outbound.ts'

const loopback = ['127.0.0.1']
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

describe('a request', () => {
  test('is sent as given, with Host and Content-Length set by the client', async () => {
    const upstream = await startRawUpstream(respondRaw(OK))
    const request = requestTo(upstream.origin, {
      method: 'POST',
      target: '/a/../b//c%2e?x=%20&x',
      headers: [
        ['X-One', '1'],
        ['x-one', '2'],
        ['Accept', '*/*'],
        ['X-Latin', 'caf\u00e9'],
      ],
      body: Buffer.from('body'),
    })
    expect(await outcomeOf(openTestOutbound(loopback), request)).toBe('200 ok')
    expect(upstream.received()).toBe(
      [
        'POST /a/../b//c%2e?x=%20&x HTTP/1.1',
        `host: 127.0.0.1:${upstream.port}`,
        'connection: keep-alive',
        'X-One: 1',
        'x-one: 2',
        'Accept: */*',
        'X-Latin: caf\u00e9',
        'content-length: 4',
        '',
        'body',
      ].join('\r\n'),
    )
  })

  test('contains no hop-by-hop headers', async () => {
    const upstream = await startRawUpstream(respondRaw(OK))
    const dropped = [
      ['Connection', 'close, X-Named'],
      ['Keep-Alive', 'timeout=5'],
      ['Proxy-Authorization', 'Basic eDp5'],
      ['Proxy-Connection', 'keep-alive'],
      ['TE', 'trailers'],
      ['Trailer', 'X-T'],
      ['Transfer-Encoding', 'chunked'],
      ['Content-Length', '999'],
      ['Upgrade', 'websocket'],
      ['Expect', '100-continue'],
      ['HOST', 'evil.example'],
      ['x-named', '1'],
      // Some servers read `_` as `-`.
      ['Transfer_Encoding', 'chunked'],
      ['Content_Length', '999'],
      ['Proxy_Authorization', 'Basic eDp5'],
      ['X_Named', '1'],
    ] as const
    const request = requestTo(upstream.origin, { headers: [...dropped, ['X-Kept', '1']] })
    expect(await outcomeOf(openTestOutbound(loopback), request)).toBe('200 ok')
    expect(upstream.received().toLowerCase().split('\r\n')).toEqual([
      'get / http/1.1',
      `host: 127.0.0.1:${upstream.port}`,
      'connection: keep-alive',
      'x-kept: 1',
      '',
      '',
    ])
  })

  test.each<[string, Partial<OutboundRequest>]>([
    ['a line break in a value', { headers: [['X', 'a\r\nY: b']] }],
    ['a bare line feed in a value', { headers: [['X', 'a\nY: b']] }],
    ['a bare carriage return in a value', { headers: [['X', 'a\rY: b']] }],
    ['NUL in a value', { headers: [['X', 'a\0b']] }],
    ['characters that truncate to a line break', { headers: [['X', 'a\u010d\u010aY: b']] }],
    ['U+0130', { headers: [['X', '\u0130']] }],
    ['a line break in a name', { headers: [['X: a\r\nY', 'b']] }],
    ['a space in a name', { headers: [['X ', 'b']] }],
    ['a colon in a name', { headers: [['X:', 'b']] }],
    ['no name', { headers: [['', 'b']] }],
    ['a character in a name that truncates to an ASCII one', { headers: [['X\u010a', 'b']] }],
    ['a line break in the target', { target: '/ HTTP/1.1\r\nX: y\r\n\r\nGET /' }],
    ['a space in the target', { target: '/a b' }],
    ['NUL in the target', { target: '/a\0' }],
    ['characters in the target that truncate to a line break', { target: '/\u010d\u010aX' }],
    ['a target without a slash', { target: 'http://evil.example/' }],
    ['a target that is a host', { target: '@evil.example/' }],
    ['a fragment', { target: '/#x' }],
    ['no target', { target: '' }],
    ['a line break in the method', { method: 'GET / HTTP/1.1\r\nX: y\r\n\r\nGET' }],
    ['a space in the method', { method: 'GET /x' }],
    ['CONNECT', { method: 'CONNECT' }],
    ['TRACE', { method: 'TRACE' }],
    ['trace', { method: 'trace' }],
  ])('with %s is not sent', async (_, rest) => {
    const upstream = await startRawUpstream(respondRaw(OK))
    const outbound = openTestOutbound(loopback)
    expect(await outcomeOf(outbound, requestTo(upstream.origin, rest))).toBe('malformed_request')
    expect(upstream.connectionCount()).toBe(0)
  })

  test('with a header injection of the list is not sent', async (ctx) => {
    const path = requireVectors(
      ctx,
      'payloads-all-the-things',
      'crlf-injection_files_crlfinjection.txt',
    )
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
    const upstream = await startRawUpstream(respondRaw(OK))
    const outbound = openTestOutbound(loopback)
    for (const line of lines) {
      const decoded = line.replace(/%([0-9a-f]{2})/gi, (_, hex) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
      await outcomeOf(outbound, requestTo(upstream.origin, { target: `/${line}` }))
      await outcomeOf(outbound, requestTo(upstream.origin, { target: `/${decoded}` }))
      await outcomeOf(outbound, requestTo(upstream.origin, { headers: [['X', decoded]] }))
    }
    const heads = upstream.received().split('\r\n\r\n').slice(0, -1)
    const names = heads.flatMap((head) => head.split('\r\n').map((it) => it.split(/[: ]/)[0]))
    expect(heads.length).toBeGreaterThan(lines.length)
    expect(new Set(names)).toEqual(new Set(['GET', 'X', 'connection', 'host']))
  })

  test('streams its body, with Content-Length if the length is known', async () => {
    const upstream = await startHttpUpstream((request, response) => {
      const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
      // The test aborts bodies intentionally.
      const read = text(request).catch(() => '')
      void read.then((body) => response.end(`${length} ${encoding} ${body}`))
    })
    const outbound = openTestOutbound(loopback)
    const send = (contentLength?: number) =>
      outcomeOf(outbound, {
        ...requestTo(upstream.origin, { method: 'PUT' }),
        body: Readable.from([Buffer.from('ab'), Buffer.from('cd')]),
        contentLength,
      })
    expect(await send()).toBe('200 undefined chunked abcd')
    expect(await send(4)).toBe('200 4 undefined abcd')
    expect(await send(3)).toBe('aborted')
    expect(await send(5)).toBe('aborted')
    expect(await send()).toBe('200 undefined chunked abcd')
  })
})

describe('a response', () => {
  test('is returned unchanged, with repeated headers, without hop-by-hop headers', async () => {
    const upstream = await startRawUpstream(
      respondRaw(
        [
          'HTTP/1.1 418 x',
          'Set-Cookie: a=1',
          'set-cookie: b=2',
          'X-Latin: caf\u00e9',
          'Connection: X-Named, close',
          'X-Named: 1',
          'Keep-Alive: timeout=5',
          'Proxy-Authenticate: Basic',
          'Upgrade: h2c',
          'Trailer: X-T',
          'Content-Length: 3',
          '',
          'abc',
        ].join('\r\n'),
      ),
    )
    const response = await openTestOutbound(loopback).send(requestTo(upstream.origin))
    expect(response.status).toBe(418)
    expect(response.headers).toEqual([
      ['Set-Cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['X-Latin', 'caf\u00e9'],
      ['Content-Length', '3'],
    ])
    expect(await text(response.body)).toBe('abc')
  })

  test('has a complete body if it arrived with the headers, and a stream otherwise', async () => {
    const upstream = await startRawUpstream((socket, received) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab')
      if (received.includes('/slow')) setTimeout(() => socket.write('cd'), 50)
      else socket.write('cd')
    })
    const outbound = openTestOutbound(loopback)
    const slow = await outbound.send(requestTo(upstream.origin, { target: '/slow' }))
    expect(slow.completeBody).toBeUndefined()
    expect(await text(slow.body)).toBe('abcd')
    const empty = await startRawUpstream(respondRaw('HTTP/1.1 204 No Content\r\n\r\n'))
    const response = await outbound.send(requestTo(empty.origin))
    expect([response.completeBody?.length, await text(response.body)]).toEqual([0, ''])
  })

  test('is not decoded', async () => {
    const bomb = Buffer.from('1f8b08000000000000034b4c4a06002e7e', 'hex').toString('latin1')
    const upstream = await startRawUpstream(
      respondRaw(
        `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n${bomb}`,
      ),
    )
    const response = await openTestOutbound(loopback).send(requestTo(upstream.origin))
    expect(response.headers).toContainEqual(['Content-Encoding', 'gzip'])
    expect(Buffer.from(response.completeBody ?? []).toString('latin1')).toBe(bomb)
  })

  test.each([301, 302, 303, 307, 308])('with redirect status %i is not followed', async (code) => {
    const elsewhere = await startHttpUpstream((_, response) => response.end('secret'))
    const targets = [
      elsewhere.origin,
      elsewhere.origin.replace('//', '//user:word@'),
      '//127.0.0.2/',
      'file:///etc/passwd',
      '/other',
    ]
    for (const location of targets) {
      const upstream = await startHttpUpstream((_, response) =>
        response.writeHead(code, { location }).end('moved'),
      )
      const request = requestTo(upstream.origin, { method: 'POST', body: Buffer.from('body') })
      const response = await openTestOutbound(loopback).send(request)
      expect(response.status).toBe(code)
      expect(response.headers).toContainEqual(['location', location])
      expect(upstream.connectionCount()).toBe(1)
    }
    expect(elsewhere.connectionCount()).toBe(0)
  })

  test('is returned without the preceding interim responses', async () => {
    const interim = 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
    const upstream = await startRawUpstream(respondRaw(interim + OK))
    const outbound = openTestOutbound(loopback)
    expect(await outcomeOf(outbound, requestTo(upstream.origin))).toBe('200 ok')
    expect(await outcomeOf(outbound, requestTo(upstream.origin))).toBe('200 ok')
  })
})
