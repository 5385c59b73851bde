import { once } from 'node:events'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Outbound, OutboundError } from '../../packages/server/src/outbound/outbound.ts'
import {
  createResolvedConnection,
  INTEGRATION_ID,
  type IsolatedProxy,
  startIsolatedProxy,
} from '../support/isolated-proxy.ts'
import { echo, startUpstream, type Upstream } from '../support/upstream.ts'

// Bodies stream with back pressure, and a disconnect on one side ends the call on both.

const MIB = 1_048_576
const token = {
  kind: 'bearer',
  token: 'a-secret-token',
  prefix: 'Bearer',
  header: 'Authorization',
} as const
const stops: (() => Promise<void>)[] = []
let upstream: Upstream
let proxy: IsolatedProxy

async function start(listener?: Parameters<typeof startUpstream>[0]): Promise<void> {
  upstream = await startUpstream(listener)
  proxy = await startIsolatedProxy(() => createResolvedConnection(upstream.origin, { auth: token }))
  stops.push(upstream.close, proxy.close)
}
beforeEach(() => void stops.splice(0))
afterEach(async () => {
  for (const stop of stops) await stop()
})

/** Starts a call. The test reads and writes the bodies. */
function open(method: string) {
  const { hostname, port } = new URL(proxy.url)
  const headers = { authorization: 'Bearer ours' }
  const request = httpRequest({
    hostname,
    port,
    method,
    headers,
    agent: false,
    path: `/proxy/${INTEGRATION_ID}/x`,
  })
  request.on('error', () => undefined)
  return request
}

async function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) =>
    request.once('response', resolve).once('error', reject).end(),
  )
}

/** Resolves when the call ends, with or without an error. */
function waitForClose(socket: Socket): Promise<void> {
  return new Promise((resolve) =>
    socket.on('error', () => undefined).once('close', () => resolve()),
  )
}

/** Waits until a count stops growing. */
async function waitUntilStable(read: () => number): Promise<number> {
  for (let before = -1; ; ) {
    const now = read()
    if (now === before) return now
    before = now
    await sleep(150)
  }
}

describe('does', () => {
  it('a caller that reads nothing stops the upstream, and later reads the complete body', async () => {
    const total = 64 * MIB
    let sent = 0
    await start((_request, response) => {
      response.writeHead(200, { 'content-length': total })
      const chunk = Buffer.alloc(MIB, 'x')
      const source = new Readable({
        highWaterMark: 1,
        read() {
          sent += chunk.length
          this.push(sent <= total ? chunk : null)
        },
      })
      source.pipe(response)
    })
    const request = open('GET')
    const incoming = await responseTo(request)
    // The socket buffers hold the bytes in transit.
    expect(await waitUntilStable(() => sent)).toBeLessThan(32 * MIB)
    let received = 0
    for await (const chunk of incoming) received += Buffer.byteLength(chunk)
    expect(received).toBe(total)
  })

  it('an upstream that reads nothing stops the caller', async () => {
    await start((_request, _response) => undefined)
    const request = open('POST')
    let sent = 0
    const chunk = Buffer.alloc(MIB)
    const push = (): void => {
      do sent += chunk.length
      while (request.write(chunk) && sent < 64 * MIB)
    }
    request.on('drain', push)
    push()
    expect(await waitUntilStable(() => sent)).toBeLessThan(32 * MIB)
    request.destroy()
  })

  it('events are forwarded as they arrive, without buffering', async () => {
    let send: (text: string) => void = () => undefined
    await start((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
      send = (text) => void response.write(text)
    })
    const request = open('GET')
    const incoming = await responseTo(request)
    for (const event of ['data: 1\n\n', 'data: a-secret-\n\n', 'data: 3\n\n']) {
      const next = once(incoming, 'data')
      send(event)
      expect(String((await next)[0])).toBe(event)
    }
    request.destroy()
  })
})

describe('ends', () => {
  it.each(['GET', 'POST'])(
    'the call when the caller disconnects before the head: %s',
    async (method) => {
      const arrived = Promise.withResolvers<Socket>()
      await start((request) => {
        arrived.resolve(request.socket)
        request.resume()
      })
      const request = open(method)
      if (method === 'GET') request.end()
      else request.write('half')
      const closed = waitForClose(await arrived.promise)
      request.destroy()
      await closed
    },
  )

  it('the call when the caller disconnects in the middle of the response', async () => {
    const arrived = Promise.withResolvers<Socket>()
    await start((request, response) => {
      arrived.resolve(request.socket)
      response.write('half')
    })
    const request = open('GET')
    request.end()
    await once(request, 'response')
    const closed = waitForClose(await arrived.promise)
    request.destroy()
    await closed
  })

  it('the response to the caller when the upstream disconnects in the middle of its response', async () => {
    await start((_request, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('half', () => response.destroy())
    })
    await expect(proxy.call('/x')).rejects.toThrow('aborted')
    expect(proxy.logLines.some((line) => line.includes('call aborted'))).toBe(true)
  })
})

describe('rejects', () => {
  const failing = (fault: OutboundError['fault']): Outbound => ({
    send: async () => {
      throw new OutboundError(fault, { cause: new Error('a-secret-token') })
    },
    checkUrl: () => undefined,
    close: async () => undefined,
  })

  it.each([
    ['address_not_allowed', 403, 'address_not_allowed'],
    ['host_not_found', 502, 'upstream_failed'],
    ['connection_refused', 502, 'upstream_failed'],
    ['certificate_expired', 502, 'upstream_failed'],
    ['certificate_not_trusted', 502, 'upstream_failed'],
    ['certificate_name_mismatch', 502, 'upstream_failed'],
    ['tls_failed', 502, 'upstream_failed'],
    ['timeout', 504, 'upstream_timeout'],
    ['connection_closed', 502, 'upstream_failed'],
    ['malformed_response', 502, 'upstream_failed'],
  ] as const)('%s: %s %s, with fixed texts', async (fault, status, code) => {
    const isolated = await startIsolatedProxy(
      () => createResolvedConnection('https://api.example.com', { auth: token }),
      {
        outbound: failing(fault),
      },
    )
    stops.push(isolated.close)
    const response = await isolated.call('/x?secret=yes')
    const problem = JSON.parse(response.text)
    expect([response.status, problem.code, problem.instance]).toEqual([status, code, 'req_test'])
    expect(response.headers['x-request-id']).toBe('req_test')
    const seen = response.text + isolated.logLines.join('')
    for (const secret of ['a-secret-token', 'secret=yes', 'api.example.com'])
      expect(seen).not.toContain(secret)
    // Upstream failures are one log line, not an error of Keyporter.
    expect(isolated.logLines.filter((line) => line.includes('"fault"'))).toEqual([])
  })

  it('an upstream that does not listen, or closes the connection at once', async () => {
    await start((request) => void request.socket.destroy())
    expect((await proxy.call('/x')).status).toBe(502)
    await stops.shift()?.()
    expect((await proxy.call('/x')).status).toBe(502)
  })

  it('a body over 10 MiB before it is read, if the signature covers the whole body', async () => {
    await start()
    upstream.respondWith(echo)
    const hmac = {
      kind: 'hmac_sha256',
      clientId: 'c',
      clientSecret: 'a-secret-key',
      scheme: 'simple',
    } as const
    const isolated = await startIsolatedProxy(() =>
      createResolvedConnection(upstream.origin, { auth: hmac }),
    )
    stops.push(isolated.close)
    const ours = ['Authorization', 'Bearer ours']
    const announced = await isolated.call('/x', {
      method: 'POST',
      headers: [...ours, 'Content-Length', String(11 * MIB)],
      body: Buffer.alloc(11 * MIB),
    })
    expect([announced.status, JSON.parse(announced.text).code]).toEqual([413, 'payload_too_large'])
    const chunked = await isolated.call('/x', {
      method: 'POST',
      headers: [...ours, 'Transfer-Encoding', 'chunked'],
      body: Readable.from(Array.from({ length: 11 }, () => Buffer.alloc(MIB))),
    })
    expect(chunked.status).toBe(413)
    expect(upstream.received).toEqual([])
    const small = await isolated.call('/x', {
      method: 'POST',
      headers: ours,
      body: Buffer.alloc(9 * MIB),
    })
    expect(small.status).toBe(200)
  })
})
