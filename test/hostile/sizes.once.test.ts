import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyRoutes } from '../support/body-fields.ts'
import { exchangeRaw, openSocket } from '../support/raw-exchange.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { basic, startTestServer, type TestServer } from '../support/server.ts'

// Size limits, and malformed HTTP messages that Node's parser accepts (RFC 9110, RFC 9112).

let server: TestServer
let requests: RouteRequests

beforeAll(async () => {
  server = await startTestServer()
  requests = await prepareRequests(server)
})
afterAll(() => server.close())

const SMALL_BYTES = 64 * 1024

/** Sends a request from raw header lines. */
const raw = (...lines: string[]) =>
  exchangeRaw(server.url, `${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`)
const host = 'Host: 127.0.0.1'
const token = 'POST /oauth/token HTTP/1.1'
const form = 'Content-Type: application/x-www-form-urlencoded'

describe('a body', () => {
  it.each(bodyRoutes.map((route) => [route.operationId, route] as const))(
    'of %s over the limit is rejected with 413',
    async (_name, route) => {
      const { path, who } = await requests.create(route)
      const bytesMax = route.bodyBytesMax ?? SMALL_BYTES
      const authorization =
        who?.cookie === undefined
          ? `Authorization: ${basic(server.manager)}`
          : `Cookie: ${who.cookie}`
      const head = [
        `${route.method} ${path} HTTP/1.1`,
        host,
        authorization,
        'Content-Type: application/json',
      ]
      // Content-Length exceeds the limit: the server responds before it reads the body.
      const announced = await raw(...head, `Content-Length: ${bytesMax + 1}`)
      expect([announced.status, announced.text]).toEqual([
        413,
        expect.stringContaining('"code":"payload_too_large"'),
      ])
    },
  )

  it.each(['/v1/credentials', '/oauth/token', '/v1/verify'])(
    'for %s without a length is rejected at the limit, and the server closes the connection',
    async (path) => {
      const type = path.startsWith('/oauth') ? form : 'Content-Type: application/json'
      const socket = await openSocket(server.url)
      let text = ''
      socket.setEncoding('utf8').on('data', (part: string) => void (text += part))
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      socket.write(
        `POST ${path} HTTP/1.1\r\n${host}\r\nAuthorization: ${basic(server.manager)}\r\n${type}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      )
      const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
      let sentBytes = 0
      while (!socket.destroyed && text === '' && sentBytes < 4 * 1024 * 1024) {
        socket.write(chunk)
        sentBytes += 0x4000
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      expect(text).toMatch(/^HTTP\/1\.1 413 /)
      expect(sentBytes).toBeLessThan(1024 * 1024)
      socket.end()
      await closed
    },
  )

  it('that is empty counts as {}', async () => {
    for (const route of bodyRoutes) {
      const { path, who } = await requests.create(route)
      const options = { ...(route.access === 'public' ? { as: null } : who) }
      const without = await server.send(route.method, path, options)
      const empty = await server.send(route.method, path, { ...options, body: '{}' })
      expect([route.operationId, without.status]).toEqual([
        route.operationId,
        expect.toBeOneOf([200, 201, 400]),
      ])
      // A request that {} has just completed may fail when repeated, so only a 400 must match.
      if (empty.status === 400) expect(without.status).toBe(400)
    }
  })

  it.each([
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'text/plain',
    'application/xml',
    'text/json',
  ])('of type %s is rejected by every route', async (type) => {
    for (const route of bodyRoutes) {
      const response = await requests.send(route, { body: '{}', headers: { 'content-type': type } })
      expect([response.status, response.body.code]).toEqual([415, 'unsupported_media_type'])
    }
  })

  it.each(['gzip', 'deflate', 'br', 'zstd', 'chunked, gzip', 'x'])(
    'that is compressed (%s) is rejected by every route',
    async (encoding) => {
      for (const route of bodyRoutes) {
        const response = await requests.send(route, {
          body: '{}',
          headers: { 'content-encoding': encoding },
        })
        expect([response.status, response.body.code]).toEqual([415, 'unsupported_media_type'])
      }
    },
  )
})

describe('a request target', () => {
  it('of more than 8 KB is rejected with 414', async () => {
    const send = (length: number) =>
      server.send('GET', `/v1/credentials?cursor=${'x'.repeat(length)}`)
    expect((await send(8_000)).status).toBe(400)
    expect((await send(8_192)).body.code).toBe('uri_too_long')
    expect((await send(15_000)).status).toBe(414)
    expect((await send(40_000)).status).toBe(431)
  })

  it('in absolute, authority or asterisk form, or without a slash, is rejected', async () => {
    for (const target of [
      `${server.url}/livez`,
      'http://evil.example/livez',
      '127.0.0.1:80',
      '*',
      'livez',
      '?q=1',
    ]) {
      const response = await raw(`GET ${target} HTTP/1.1`, host)
      expect([target, response.status]).toEqual([target, 400])
    }
  })

  it('cannot be used with CONNECT, TRACE or Upgrade', async () => {
    expect((await raw('CONNECT evil.example:443 HTTP/1.1', host)).text).not.toContain(' 200 ')
    expect((await raw('TRACE /v1/credentials HTTP/1.1', host)).status).toBe(405)
    const upgrade = await raw('GET /livez HTTP/1.1', host, 'Upgrade: websocket')
    expect(upgrade.text).not.toContain(' 101 ')
  })
})

describe('headers', () => {
  it('of more than 16 KB are rejected with 431', async () => {
    expect((await raw('GET /livez HTTP/1.1', host, `A: ${'x'.repeat(17_000)}`)).status).toBe(431)
  })

  it('over the maximum number are rejected with 431, not dropped', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `a${index % 10}:`)
    expect((await raw('GET /livez HTTP/1.1', host, ...many(90))).status).toBe(200)
    expect((await raw('GET /livez HTTP/1.1', host, ...many(200))).status).toBe(431)
    expect((await raw('GET /livez HTTP/1.1', host, ...many(2_001))).status).toBe(431)
  })

  it.each([
    ['two Host lines', [host, 'Host: evil.example']],
    ['two equal Host lines', [host, host]],
    ['a length and chunks', [host, 'Content-Length: 3', 'Transfer-Encoding: chunked']],
    ['two lengths', [host, 'Content-Length: 3', 'Content-Length: 4']],
    ['a list of lengths', [host, 'Content-Length: 3, 3']],
    ['a negative length', [host, 'Content-Length: -1']],
    ['a length with a sign', [host, 'Content-Length: +3']],
    ['another transfer coding', [host, 'Transfer-Encoding: identity, chunked, identity']],
    ['a folded line', [host, 'A: b', ' c']],
    ['a space before the colon', [host, 'Content-Length : 3']],
    ['NUL', [host, 'A: b\0c']],
    ['a bare carriage return', [host, 'A: b\rContent-Length: 0']],
    ['no Host', []],
  ])('with %s are rejected with 400', async (_name, lines) => {
    expect((await raw(token, form, ...lines)).status).toBe(400)
  })

  it('of HTTP/1.0 need a Host, like those of HTTP/1.1', async () => {
    expect((await raw('GET /livez HTTP/1.0')).status).toBe(400)
    expect((await raw('GET /livez HTTP/1.0', host)).status).toBe(200)
    expect((await raw('GET /livez')).status).toBe(400)
  })
})

describe('a request', () => {
  it.each([
    [
      'chunks after a length',
      'Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
    [
      'a chunk size with a sign',
      'Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
    [
      'an unknown transfer coding',
      'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
    [
      'a chunk that ends with a bare line feed',
      'Transfer-Encoding: chunked\r\n\r\n0\n\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
  ])('with %s cannot smuggle a second request', async (_name, rest) => {
    const response = await exchangeRaw(server.url, `${token}\r\n${host}\r\n${form}\r\n${rest}`)
    expect(response.status).toBe(400)
    expect(response.text).not.toContain('"status":"ok"')
  })
})
