import { createHash, randomBytes } from 'node:crypto'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { readLlhttpCalls } from '../support/llhttp-messages.ts'
import {
  type CallOptions,
  callProxy,
  connectionTo,
  INTEGRATION,
  startIsolatedProxy,
} from '../support/proxy.ts'
import { exchangeRaw } from '../support/raw-exchange.ts'
import {
  type ReverseProxy,
  type ReverseProxyName,
  startReverseProxy,
} from '../support/reverse-proxy.ts'
import { requireSystemPackage } from '../support/system.ts'
import { startUpstream } from '../support/upstream.ts'
import { requireVectors } from '../support/vectors.ts'

// O10: with a reverse proxy in front, set up as docs/guides/behind-a-reverse-proxy.md says, one request in is at most
// one out, and what flows through without it flows through with it.

const MIB = 1_048_576
const body = randomBytes(8 * MIB)
const BASE = `/proxy/${INTEGRATION}`
const OWN = 'Host: 127.0.0.1\r\nAuthorization: Bearer ours\r\n'

/** What the body of a request would be for whoever takes it to be shorter. */
const HIDDEN = `GET ${BASE}/hidden HTTP/1.1\r\n${OWN}\r\n`
const CHUNK = `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`

/** Lines with which a request says in two ways how long it is. */
const ambiguous: readonly (readonly [what: string, lines: string, body: string])[] = [
  ['length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked', `0\r\n\r\n${HIDDEN}`],
  ['chunks and length', 'Transfer-Encoding: chunked\r\nContent-Length: 4', CHUNK],
  ['a blank before the colon', 'Content-Length: 5\r\nTransfer-Encoding : chunked', CHUNK],
  ['a tab before chunked', 'Content-Length: 5\r\nTransfer-Encoding:\tchunked', CHUNK],
  ['a vertical tab', 'Content-Length: 5\r\nTransfer-Encoding: \x0bchunked', CHUNK],
  ['a coding that is none', 'Content-Length: 5\r\nTransfer-Encoding: xchunked', CHUNK],
  ['two codings', 'Transfer-Encoding: chunked, identity', CHUNK],
  ['chunked twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', CHUNK],
  ['chunked and another', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: x', CHUNK],
  ['capitals', 'Content-Length: 5\r\nTRANSFER-ENCODING: CHUNKED', CHUNK],
  ['quotes', 'Content-Length: 5\r\nTransfer-Encoding: "chunked"', CHUNK],
  ['a folded line', 'Content-Length: 5\r\nTransfer-Encoding:\r\n chunked', CHUNK],
  ['a line feed alone', 'Content-Length: 5\nTransfer-Encoding: chunked', CHUNK],
  ['a carriage return alone', 'X: y\rTransfer-Encoding: chunked\r\nContent-Length: 5', CHUNK],
  ['a zero byte', 'Content-Length: 5\r\nTransfer-Encoding\0: chunked', CHUNK],
  ['two lengths', 'Content-Length: 0\r\nContent-Length: 5', HIDDEN],
  ['two lengths in one line', 'Content-Length: 0, 5', HIDDEN],
  ['a length with a sign', 'Content-Length: +5', HIDDEN],
  ['a negative length', 'Content-Length: -1', HIDDEN],
  ['a hexadecimal length', 'Content-Length: 0x5', HIDDEN],
  ['an immense length', 'Content-Length: 18446744073709551616', HIDDEN],
  ['a length named with an underscore', 'Content_Length: 5', HIDDEN],
  ['a length for another hop', 'Connection: Content-Length\r\nContent-Length: 5', HIDDEN],
  ['chunks for another hop', 'Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked', CHUNK],
  ['a promise', `Expect: 100-continue\r\nContent-Length: ${HIDDEN.length}`, HIDDEN],
  ['a switch', 'Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0', HIDDEN],
  [
    'an offer',
    'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA',
    HIDDEN,
  ],
  ['a chunk of odd length', 'Transfer-Encoding: chunked', `0x0\r\n\r\n${HIDDEN}`],
  ['a chunk of immense length', 'Transfer-Encoding: chunked', `100000000000000000\r\n${CHUNK}`],
  ['a chunk with an extension', 'Transfer-Encoding: chunked', `0;x="\r\n\r\n"\r\n${HIDDEN}`],
  ['a chunk that ends with a line feed', 'Transfer-Encoding: chunked', `0\n\n${HIDDEN}`],
  ['a trailer', 'Transfer-Encoding: chunked', `0\r\nContent-Length: 5\r\n\r\n${HIDDEN}`],
]

/** Requests that a proxy has to know its way with. The last word says whether there is nothing good in them. */
const odd: readonly (readonly [what: string, request: string, isBad: boolean])[] = [
  ['two hosts', `GET ${BASE}/own HTTP/1.1\r\nHost: other.example\r\n${OWN}\r\n`, true],
  ['no host', `GET ${BASE}/own HTTP/1.1\r\nAuthorization: Bearer ours\r\n\r\n`, true],
  ['an absolute address', `GET http://other.example${BASE}/own HTTP/1.1\r\n${OWN}\r\n`, false],
  ['TRACE', `TRACE ${BASE}/own HTTP/1.1\r\n${OWN}\r\n`, true],
  ['CONNECT with a path', `CONNECT ${BASE}/own HTTP/1.1\r\n${OWN}\r\n`, true],
  ['CONNECT', `CONNECT 127.0.0.1:22 HTTP/1.1\r\n${OWN}\r\n`, true],
  [
    'a switch to WebSocket',
    `GET ${BASE}/own HTTP/1.1\r\n${OWN}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    false,
  ],
  ['a path that is none', `GET ${BASE.slice(1)}/own HTTP/1.1\r\n${OWN}\r\n`, true],
  ['a later HTTP', `GET ${BASE}/own HTTP/3.7\r\n${OWN}\r\n`, false],
  ['HTTP/0.9', `GET ${BASE}/own\r\n`, true],
  ['HTTP/2 at once', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', true],
]

describe.each<ReverseProxyName>(['nginx', 'haproxy'])('behind %s', (name) => {
  beforeEach((ctx) => requireSystemPackage(ctx, name))

  it('any of llhttp’s requests gets through at most once, and no other than its own', async (ctx) => {
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

  it('nothing is two requests for one side, and one for the other', async () => {
    const { front, upstream, call } = await open(name)
    await Promise.all(
      ambiguous.map(([, lines, rest], index) => {
        const head = `POST ${BASE}/case-${index} HTTP/1.1\r\n${OWN}${lines}\r\n\r\n`
        return exchangeRaw(front.url, Buffer.from(head + rest, 'latin1'))
      }),
    )
    // Whoever comes next, over the same connections, gets an answer to what they asked.
    for (let count = 0; count < 8; count += 1)
      expect(JSON.parse((await call(`/next-${count}`)).text).url).toBe(`/next-${count}`)
    const taken = await front.end()
    const received = upstream.received.map(({ url }) => `${BASE}${url}`)
    expect(findMissing(received, taken)).toEqual([])
    // For some lines it is a request of its own for both sides: had none come, nothing would have been tried.
    expect(received).toContain(`${BASE}/hidden`)
  })

  it('what has to be refused is, and no other call comes of what is not', async () => {
    const { front, upstream } = await open(name)
    const answers = await Promise.all(
      odd.map(([, bytes], index) => exchangeRaw(front.url, bytes.replace('/own', `/own-${index}`))),
    )
    const received = upstream.received.map(({ method, url }) => `${method} ${url}`)
    const wanted = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []))
    expect(received.sort()).toEqual(wanted.map((index) => `GET /own-${index}`).sort())
    expect(wanted.filter((index) => odd[index]?.[2]).map((index) => odd[index])).toEqual([])
    for (const { headers } of upstream.received) expect(headers).not.toHaveProperty('upgrade')
  })

  it('paths, queries and headers arrive as they were sent', async () => {
    const { upstream, call } = await open(name)
    const target = '/a%2Fb//c/%C3%A9;v=1/%252e?x=a+b%20c&&y=%2f&x'
    await call(target, { headers: ['Authorization', 'Bearer ours', 'Third_Party_Option', 'one'] })
    expect(upstream.received).toMatchObject([
      { url: target, headers: { third_party_option: ['one'] } },
    ])
  })

  it('what another side orders or where it leads to is for the caller, not for who stands in front', async () => {
    const { upstream, call } = await open(name)
    const location = 'http://keyporter/elsewhere'
    upstream.answerWith((response) => {
      response.writeHead(302, { location, 'X-Accel-Redirect': '/v1/session' }).end('its own')
    })
    expect(await call('/')).toMatchObject({ status: 302, text: 'its own', headers: { location } })
  })

  it('a body flows to the other side while it is sent, and arrives whole', async () => {
    const arrived = Promise.withResolvers<void>()
    const { front } = await open(name, (request, response) => {
      const hash = createHash('sha256')
      let length = 0
      request.on('data', (piece: Buffer) => {
        hash.update(piece)
        length += piece.length
        if (length >= MIB) arrived.resolve()
      })
      request.once('end', () => response.end(hash.digest('hex')))
    })
    const request = post(front)
    request.write(body.subarray(0, MIB))
    await arrived.promise
    request.end(body.subarray(MIB))
    const answer = await answerTo(request)
    expect(await text(answer)).toBe(createHash('sha256').update(body).digest('hex'))
  })

  it('an answer flows to the caller while it is sent, and arrives whole', async () => {
    let sendRest: () => void = () => undefined
    const { front } = await open(name, (_request, response) => {
      response.write(body.subarray(0, MIB))
      sendRest = () => void response.end(body.subarray(MIB))
    })
    const hash = createHash('sha256')
    let length = 0
    for await (const piece of await answerTo(post(front).end())) {
      hash.update(piece)
      length += piece.length
      if (length === MIB) sendRest()
    }
    expect([length, hash.digest('hex')]).toEqual([
      body.length,
      createHash('sha256').update(body).digest('hex'),
    ])
  })
})

describe('behind haproxy', () => {
  // nginx stops reading a body now and then once its answer has begun; the guide says so.
  it('bodies flow both ways at once, and arrive whole', async (ctx) => {
    requireSystemPackage(ctx, 'haproxy')
    const { front } = await open('haproxy', (request, response) => void request.pipe(response))
    const request = post(front)
    request.write(body.subarray(0, MIB))
    const pieces: Buffer[] = []
    let length = 0
    for await (const piece of await answerTo(request)) {
      pieces.push(piece)
      length += piece.length
      if (length === MIB) request.end(body.subarray(MIB))
    }
    expect(Buffer.concat(pieces).equals(body)).toBe(true)
  })
})

/** A call over TLS whose body is left to the test. */
function post({ secureUrl, authority }: ReverseProxy): ClientRequest {
  return httpsRequest(`${secureUrl}${BASE}/x`, {
    method: 'POST',
    ca: authority,
    agent: false,
    headers: { authorization: 'Bearer ours', 'content-type': 'application/octet-stream' },
  })
}

async function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => request.once('response', resolve).once('error', reject))
}

/** A caller's view: the reverse proxy in front of ours, which leads to the other side. */
async function open(name: ReverseProxyName, listener?: Parameters<typeof startUpstream>[0]) {
  const upstream = await startUpstream(listener)
  const proxy = await startIsolatedProxy(() => connectionTo(upstream.origin))
  onTestFinished(async () => {
    await upstream.close()
    await proxy.close()
  })
  const front = await startReverseProxy(name, proxy.url)
  const call = (path: string, options?: CallOptions) =>
    callProxy(`${front.url}${BASE}`, path, options)
  return { upstream, front, call }
}

/** Those that are more often in the one list than in the other. */
function findMissing(these: readonly string[], those: readonly string[]): readonly string[] {
  const left = [...those]
  return these.filter((one) => {
    const index = left.indexOf(one)
    if (index === -1) return true
    left.splice(index, 1)
    return false
  })
}
