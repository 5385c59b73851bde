import { createHash, randomBytes } from 'node:crypto'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  type CallOptions,
  callProxy,
  createResolvedConnection,
  INTEGRATION_ID,
  startIsolatedProxy,
} from '../support/isolated-proxy.ts'
import { readLlhttpCalls } from '../support/llhttp-messages.ts'
import { exchangeRaw } from '../support/raw-exchange.ts'
import {
  type ReverseProxy,
  type ReverseProxyName,
  startReverseProxy,
} from '../support/reverse-proxy.ts'
import { requireSystemPackage } from '../support/system-packages.ts'
import { startUpstream } from '../support/upstream.ts'
import { requireVectors } from '../support/vectors.ts'

// A reverse proxy in front of Keyporter, configured as docs/guides/behind-a-reverse-proxy.md says:
// each request causes at most one upstream request, and bodies still stream.

const MIB = 1_048_576
const body = randomBytes(8 * MIB)
const BASE = `/proxy/${INTEGRATION_ID}`
const REQUIRED_HEADERS = 'Host: 127.0.0.1\r\nAuthorization: Bearer ours\r\n'

/** The body of the request, which is a second request to a server that sees a shorter body. */
const SMUGGLED = `GET ${BASE}/hidden HTTP/1.1\r\n${REQUIRED_HEADERS}\r\n`
const CHUNK = `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`

/** Headers that state the length of a body ambiguously. */
const ambiguous: readonly (readonly [what: string, lines: string, body: string])[] = [
  ['length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked', `0\r\n\r\n${SMUGGLED}`],
  ['chunks and length', 'Transfer-Encoding: chunked\r\nContent-Length: 4', CHUNK],
  ['a blank before the colon', 'Content-Length: 5\r\nTransfer-Encoding : chunked', CHUNK],
  ['a tab before chunked', 'Content-Length: 5\r\nTransfer-Encoding:\tchunked', CHUNK],
  ['a vertical tab', 'Content-Length: 5\r\nTransfer-Encoding: \x0bchunked', CHUNK],
  ['an unknown coding', 'Content-Length: 5\r\nTransfer-Encoding: xchunked', CHUNK],
  ['two codings', 'Transfer-Encoding: chunked, identity', CHUNK],
  ['chunked twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', CHUNK],
  ['chunked and another', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: x', CHUNK],
  ['capitals', 'Content-Length: 5\r\nTRANSFER-ENCODING: CHUNKED', CHUNK],
  ['quotes', 'Content-Length: 5\r\nTransfer-Encoding: "chunked"', CHUNK],
  ['a folded line', 'Content-Length: 5\r\nTransfer-Encoding:\r\n chunked', CHUNK],
  ['a line feed alone', 'Content-Length: 5\nTransfer-Encoding: chunked', CHUNK],
  ['a carriage return alone', 'X: y\rTransfer-Encoding: chunked\r\nContent-Length: 5', CHUNK],
  ['a zero byte', 'Content-Length: 5\r\nTransfer-Encoding\0: chunked', CHUNK],
  ['two lengths', 'Content-Length: 0\r\nContent-Length: 5', SMUGGLED],
  ['two lengths in one line', 'Content-Length: 0, 5', SMUGGLED],
  ['a length with a sign', 'Content-Length: +5', SMUGGLED],
  ['a negative length', 'Content-Length: -1', SMUGGLED],
  ['a hexadecimal length', 'Content-Length: 0x5', SMUGGLED],
  ['an oversized length', 'Content-Length: 18446744073709551616', SMUGGLED],
  ['a length named with an underscore', 'Content_Length: 5', SMUGGLED],
  ['a length for another hop', 'Connection: Content-Length\r\nContent-Length: 5', SMUGGLED],
  ['chunks for another hop', 'Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked', CHUNK],
  ['Expect: 100-continue', `Expect: 100-continue\r\nContent-Length: ${SMUGGLED.length}`, SMUGGLED],
  [
    'an upgrade to WebSocket',
    'Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0',
    SMUGGLED,
  ],
  [
    'an HTTP/2 upgrade',
    'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA',
    SMUGGLED,
  ],
  ['a hexadecimal chunk size', 'Transfer-Encoding: chunked', `0x0\r\n\r\n${SMUGGLED}`],
  ['an oversized chunk size', 'Transfer-Encoding: chunked', `100000000000000000\r\n${CHUNK}`],
  ['a chunk with an extension', 'Transfer-Encoding: chunked', `0;x="\r\n\r\n"\r\n${SMUGGLED}`],
  ['a chunk that ends with a line feed', 'Transfer-Encoding: chunked', `0\n\n${SMUGGLED}`],
  ['a trailer', 'Transfer-Encoding: chunked', `0\r\nContent-Length: 5\r\n\r\n${SMUGGLED}`],
]

/** Unusual requests. The last field says whether a proxy must reject the request. */
const unusualRequests: readonly (readonly [what: string, request: string, isBad: boolean])[] = [
  ['two hosts', `GET ${BASE}/own HTTP/1.1\r\nHost: other.example\r\n${REQUIRED_HEADERS}\r\n`, true],
  ['no host', `GET ${BASE}/own HTTP/1.1\r\nAuthorization: Bearer ours\r\n\r\n`, true],
  [
    'an absolute URL',
    `GET http://other.example${BASE}/own HTTP/1.1\r\n${REQUIRED_HEADERS}\r\n`,
    false,
  ],
  ['TRACE', `TRACE ${BASE}/own HTTP/1.1\r\n${REQUIRED_HEADERS}\r\n`, true],
  ['CONNECT with a path', `CONNECT ${BASE}/own HTTP/1.1\r\n${REQUIRED_HEADERS}\r\n`, true],
  ['CONNECT', `CONNECT 127.0.0.1:22 HTTP/1.1\r\n${REQUIRED_HEADERS}\r\n`, true],
  [
    'an upgrade to WebSocket',
    `GET ${BASE}/own HTTP/1.1\r\n${REQUIRED_HEADERS}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    false,
  ],
  ['a relative path', `GET ${BASE.slice(1)}/own HTTP/1.1\r\n${REQUIRED_HEADERS}\r\n`, true],
  ['an unknown HTTP version', `GET ${BASE}/own HTTP/3.7\r\n${REQUIRED_HEADERS}\r\n`, false],
  ['HTTP/0.9', `GET ${BASE}/own\r\n`, true],
  ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', true],
]

describe.each<ReverseProxyName>(['nginx', 'haproxy'])('behind %s', (name) => {
  beforeEach((ctx) => requireSystemPackage(ctx, name))

  it('forwards each of llhttp’s requests at most once, and only to its own path', async (ctx) => {
    const directory = requireVectors(ctx, 'http-parsing-llhttp', 'test', 'request')
    const { front, upstream } = await open(name)
    const calls = readLlhttpCalls(directory, (index) => `${BASE}/case-${index}`)
    expect(calls.length).toBeGreaterThan(80)
    await Promise.all(calls.map((bytes) => exchangeRaw(front.url, bytes)))
    const seen = upstream.received.map(({ url, headers }) => [url, headers['x-case']?.join()])
    for (const [url, index] of seen) expect(url).toBe(`/case-${index}`)
    expect(new Set(seen.map(([url]) => url)).size).toBe(seen.length)
    expect(seen.length).toBeGreaterThan(10)
  })

  it('never parses one request as two on only one side of the proxy', async () => {
    const { front, upstream, call } = await open(name)
    await Promise.all(
      ambiguous.map(([, lines, rest], index) => {
        const head = `POST ${BASE}/case-${index} HTTP/1.1\r\n${REQUIRED_HEADERS}${lines}\r\n\r\n`
        return exchangeRaw(front.url, Buffer.from(head + rest, 'latin1'))
      }),
    )
    // The next requests over the same connections get their own responses.
    for (let count = 0; count < 8; count += 1)
      expect(JSON.parse((await call(`/next-${count}`)).text).url).toBe(`/next-${count}`)
    const proxyTargets = await front.stop()
    const received = upstream.received.map(({ url }) => `${BASE}${url}`)
    expect(findMissing(received, proxyTargets)).toEqual([])
    // Both sides accept some of these as a second request. Without one, the test would prove
    // nothing.
    expect(received).toContain(`${BASE}/hidden`)
  })

  it('rejects the invalid requests, and turns no other request into a second one', async () => {
    const { front, upstream } = await open(name)
    const responses = await Promise.all(
      unusualRequests.map(([, bytes], index) =>
        exchangeRaw(front.url, bytes.replace('/own', `/own-${index}`)),
      ),
    )
    const received = upstream.received.map(({ method, url }) => `${method} ${url}`)
    const acceptedIndexes = responses.flatMap(({ status }, index) =>
      status === 200 ? [index] : [],
    )
    expect(received.sort()).toEqual(acceptedIndexes.map((index) => `GET /own-${index}`).sort())
    expect(
      acceptedIndexes
        .filter((index) => unusualRequests[index]?.[2])
        .map((index) => unusualRequests[index]),
    ).toEqual([])
    for (const { headers } of upstream.received) expect(headers).not.toHaveProperty('upgrade')
  })

  it('forwards paths, queries and headers unchanged', async () => {
    const { upstream, call } = await open(name)
    const target = '/a%2Fb//c/%C3%A9;v=1/%252e?x=a+b%20c&&y=%2f&x'
    await call(target, { headers: ['Authorization', 'Bearer ours', 'Third_Party_Option', 'one'] })
    expect(upstream.received).toMatchObject([
      { url: target, headers: { third_party_option: ['one'] } },
    ])
  })

  it('passes upstream redirects and proxy headers to the caller without following them', async () => {
    const { upstream, call } = await open(name)
    const location = 'http://keyporter/elsewhere'
    upstream.respondWith((response) => {
      response.writeHead(302, { location, 'X-Accel-Redirect': '/v1/session' }).end('its own')
    })
    expect(await call('/')).toMatchObject({ status: 302, text: 'its own', headers: { location } })
  })

  it('streams a request body to the upstream, complete', async () => {
    const arrived = Promise.withResolvers<void>()
    const { front } = await open(name, (request, response) => {
      const hash = createHash('sha256')
      let length = 0
      request.on('data', (chunk: Buffer) => {
        hash.update(chunk)
        length += chunk.length
        if (length >= MIB) arrived.resolve()
      })
      request.once('end', () => response.end(hash.digest('hex')))
    })
    const request = post(front)
    request.write(body.subarray(0, MIB))
    await arrived.promise
    request.end(body.subarray(MIB))
    const incoming = await responseTo(request)
    expect(await text(incoming)).toBe(createHash('sha256').update(body).digest('hex'))
  })

  it('streams a response body to the caller, complete', async () => {
    let sendRest: () => void = () => undefined
    const { front } = await open(name, (_request, response) => {
      response.write(body.subarray(0, MIB))
      sendRest = () => void response.end(body.subarray(MIB))
    })
    const hash = createHash('sha256')
    let length = 0
    for await (const chunk of await responseTo(post(front).end())) {
      hash.update(chunk)
      length += chunk.length
      if (length === MIB) sendRest()
    }
    expect([length, hash.digest('hex')]).toEqual([
      body.length,
      createHash('sha256').update(body).digest('hex'),
    ])
  })
})

describe('behind haproxy', () => {
  // nginx sometimes stops reading a request body after the start of the response, as the guide says.
  it('streams both bodies at once, complete', async (ctx) => {
    requireSystemPackage(ctx, 'haproxy')
    const { front } = await open('haproxy', (request, response) => void request.pipe(response))
    const request = post(front)
    request.write(body.subarray(0, MIB))
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of await responseTo(request)) {
      chunks.push(chunk)
      length += chunk.length
      if (length === MIB) request.end(body.subarray(MIB))
    }
    expect(Buffer.concat(chunks).equals(body)).toBe(true)
  })
})

/** Starts a call over TLS. The test writes the body. */
function post({ secureUrl, authority }: ReverseProxy): ClientRequest {
  return httpsRequest(`${secureUrl}${BASE}/x`, {
    method: 'POST',
    ca: authority,
    agent: false,
    headers: { authorization: 'Bearer ours', 'content-type': 'application/octet-stream' },
  })
}

async function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => request.once('response', resolve).once('error', reject))
}

/** Starts an upstream, the handler of `/proxy`, and a reverse proxy in front of the handler. */
async function open(name: ReverseProxyName, listener?: Parameters<typeof startUpstream>[0]) {
  const upstream = await startUpstream(listener)
  const proxy = await startIsolatedProxy(() => createResolvedConnection(upstream.origin))
  onTestFinished(async () => {
    await upstream.close()
    await proxy.close()
  })
  const front = await startReverseProxy(name, proxy.url)
  const call = (path: string, options?: CallOptions) =>
    callProxy(`${front.url}${BASE}`, path, options)
  return { upstream, front, call }
}

/** Returns the items that are more often in the first list than in the second. */
function findMissing(items: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others]
  return items.filter((one) => {
    const index = left.indexOf(one)
    if (index === -1) return true
    left.splice(index, 1)
    return false
  })
}
