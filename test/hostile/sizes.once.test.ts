import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyRoutes } from '../support/body-fields.ts'
import { exchangeRaw, openSocket } from '../support/raw-exchange.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { basic, startTestServer, type TestServer } from '../support/server.ts'

// H06, and what Node lets through although no honest client sends it.

let server: TestServer
let requests: RouteRequests

beforeAll(async () => {
  server = await startTestServer()
  requests = await prepareRequests(server)
})
afterAll(() => server.close())

const SMALL_BYTES = 64 * 1024

/** A request written by hand; its head ends with an empty line. */
const raw = (...lines: string[]) =>
  exchangeRaw(server.url, `${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`)
const host = 'Host: 127.0.0.1'
const token = 'POST /oauth/token HTTP/1.1'
const form = 'Content-Type: application/x-www-form-urlencoded'

describe('a body', () => {
  it.each(bodyRoutes.map((route) => [route.operationId, route] as const))(
    'of %s is refused with 413 as soon as it is too long',
    async (_name, route) => {
      const { path, who } = await requests.to(route)
      const longest = route.bodyBytesMax ?? SMALL_BYTES
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
      // Announced: refused before a byte of it is read.
      const announced = await raw(...head, `Content-Length: ${longest + 1}`)
      expect([announced.status, announced.text]).toEqual([
        413,
        expect.stringContaining('"code":"payload_too_large"'),
      ])
    },
  )

  it.each(['/v1/credentials', '/oauth/token', '/v1/verify'])(
    'for %s that does not say how long it is, is refused at its limit, and the connection closed',
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

  it('that is not there is the body of one who has nothing to say', async () => {
    for (const route of bodyRoutes) {
      const { path, who } = await requests.to(route)
      const asked = { ...(route.access === 'public' ? { as: null } : who) }
      const without = await server.ask(route.method, path, asked)
      const empty = await server.ask(route.method, path, { ...asked, body: '{}' })
      expect([route.operationId, without.status]).toEqual([
        route.operationId,
        expect.toBeOneOf([200, 201, 400]),
      ])
      // What {} has just done, nothing may not be able to do again.
      if (empty.status === 400) expect(without.status).toBe(400)
    }
  })

  it.each([
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'text/plain',
    'application/xml',
    'text/json',
  ])('of type %s is taken by no route', async (type) => {
    for (const route of bodyRoutes) {
      const answer = await requests.ask(route, { body: '{}', headers: { 'content-type': type } })
      expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type'])
    }
  })

  it.each(['gzip', 'deflate', 'br', 'zstd', 'chunked, gzip', 'x'])(
    'that is compressed (%s) is taken by no route',
    async (encoding) => {
      for (const route of bodyRoutes) {
        const answer = await requests.ask(route, {
          body: '{}',
          headers: { 'content-encoding': encoding },
        })
        expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type'])
      }
    },
  )
})

describe('an address', () => {
  it('of 8 KB is read, and a longer one refused', async () => {
    const ask = (length: number) =>
      server.ask('GET', `/v1/credentials?cursor=${'x'.repeat(length)}`)
    expect((await ask(8_000)).status).toBe(400)
    expect((await ask(8_192)).body.code).toBe('uri_too_long')
    expect((await ask(15_000)).status).toBe(414)
    expect((await ask(40_000)).status).toBe(431)
  })

  it('that is absolute, an authority, or no path, is refused', async () => {
    for (const target of [
      `${server.url}/livez`,
      'http://evil.example/livez',
      '127.0.0.1:80',
      '*',
      'livez',
      '?q=1',
    ]) {
      const answer = await raw(`GET ${target} HTTP/1.1`, host)
      expect([target, answer.status]).toEqual([target, 400])
    }
  })

  it('is no tunnel and no mirror', async () => {
    expect((await raw('CONNECT evil.example:443 HTTP/1.1', host)).text).not.toContain(' 200 ')
    expect((await raw('TRACE /v1/credentials HTTP/1.1', host)).status).toBe(405)
    const upgrade = await raw('GET /livez HTTP/1.1', host, 'Upgrade: websocket')
    expect(upgrade.text).not.toContain(' 101 ')
  })
})

describe('headers', () => {
  it('of more than 16 KB are refused with 431', async () => {
    expect((await raw('GET /livez HTTP/1.1', host, `A: ${'x'.repeat(17_000)}`)).status).toBe(431)
  })

  it('of which there are too many are refused, not dropped', async () => {
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
  ])('with %s are refused with 400', async (_name, lines) => {
    expect((await raw(token, form, ...lines)).status).toBe(400)
  })

  it('of HTTP/1.0 need a Host as well, and are answered like others when they have one', async () => {
    expect((await raw('GET /livez HTTP/1.0')).status).toBe(400)
    expect((await raw('GET /livez HTTP/1.0', host)).status).toBe(200)
    expect((await raw('GET /livez')).status).toBe(400)
  })
})

describe('one request in', () => {
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
      'a coding that is written oddly',
      'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
    [
      'a chunk that ends by a line feed',
      'Transfer-Encoding: chunked\r\n\r\n0\n\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
  ])('with %s smuggles no second one', async (_name, rest) => {
    const answer = await exchangeRaw(server.url, `${token}\r\n${host}\r\n${form}\r\n${rest}`)
    expect(answer.status).toBe(400)
    expect(answer.text).not.toContain('"status":"ok"')
  })
})
