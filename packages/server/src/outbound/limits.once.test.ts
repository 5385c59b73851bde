import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { openTestOutbound, outcomeOf, requestTo } from '../../../../test/support/outbound.ts'
import {
  respondRaw,
  startHttpUpstream,
  startRawUpstream,
} from '../../../../test/support/raw-upstream.ts'
import type { OutboundRequest } from './outbound.ts'

const loopback = ['127.0.0.1']
const MIB = 1_048_576
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'
const OK = `${HEAD}ok`
const PART = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab'

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

describe('time', () => {
  test('a name lookup times out after the connect limit', async () => {
    const lookup = () => new Promise<never>(() => undefined)
    const outbound = openTestOutbound([], { lookup, limits: { connectMs: 50 } })
    expect(await outcomeOf(outbound, requestTo('https://api.example.com'))).toBe('timeout')
  })

  test('a TLS handshake times out after the connect limit', async () => {
    const upstream = await startRawUpstream(() => undefined)
    const outbound = openTestOutbound(loopback, { limits: { connectMs: 100 } })
    const request = requestTo(`https://127.0.0.1:${upstream.port}`)
    expect(await outcomeOf(outbound, request)).toBe('timeout')
    await expect.poll(upstream.openCount).toBe(0)
  })

  test('missing response headers time out', async () => {
    const upstream = await startRawUpstream((socket) => socket.write('HTTP/1.1 200 OK\r\nX: '))
    const request = requestTo(upstream.origin, { limits: { headMs: 100 } })
    expect(await outcomeOf(openTestOutbound(loopback), request)).toBe('timeout')
    await expect.poll(upstream.openCount).toBe(0)
  })

  test('a stalled body times out; a slow one does not', async () => {
    const upstream = await startRawUpstream((socket, received) => {
      socket.write(PART)
      if (!received.includes('/stops')) setTimeout(() => socket.write('c'), 150)
      if (!received.includes('/stops')) setTimeout(() => socket.write('d'), 300)
    })
    const outbound = openTestOutbound(loopback)
    const limits = { headMs: 100, idleMs: 250 }
    const stops = requestTo(upstream.origin, { target: '/stops', limits })
    expect(await outcomeOf(outbound, stops)).toBe('timeout')
    expect(await outcomeOf(outbound, requestTo(upstream.origin, { limits }))).toBe('200 abcd')
  })

  test('a slow reader does not time out', async () => {
    const body = 'x'.repeat(MIB)
    const upstream = await startHttpUpstream((_, response) => response.end(body))
    const request = requestTo(upstream.origin, { limits: { idleMs: 100 } })
    const response = await openTestOutbound(loopback).send(request)
    await pause(300)
    expect((await text(response.body)).length).toBe(MIB)
  })
})

describe('size', () => {
  test.each(['content-length', 'chunked'])(
    'a response may have the maximum size: %s',
    async (way) => {
      const upstream = await startHttpUpstream((_, response) => {
        if (way === 'chunked') response.write('123')
        response.end(way === 'chunked' ? '45' : '12345')
      })
      const outbound = openTestOutbound(loopback)
      const limited = (bodyBytesMax: number) =>
        outcomeOf(outbound, requestTo(upstream.origin, { limits: { bodyBytesMax } }))
      expect(await limited(5)).toBe('200 12345')
      expect(await limited(4)).toBe('response_too_large')
    },
  )

  test('an endless response is aborted at the maximum size', async () => {
    const upstream = await startHttpUpstream((_, response) => {
      const write = (): void => void response.write('x'.repeat(65_536))
      response.on('drain', write)
      write()
    })
    const request = requestTo(upstream.origin, { limits: { bodyBytesMax: MIB } })
    expect(await outcomeOf(openTestOutbound(loopback), request)).toBe('response_too_large')
    await expect.poll(upstream.openCount).toBe(0)
  })
})

describe('backpressure', () => {
  test('an unread response is not buffered', async () => {
    let socket: Socket | undefined
    const upstream = await startHttpUpstream((request, response) => {
      socket = request.socket
      Readable.from(pieces(64)).pipe(response)
    })
    const response = await openTestOutbound(loopback).send(requestTo(upstream.origin))
    await pause(200)
    const written = (socket?.bytesWritten ?? 0) - (socket?.writableLength ?? 0)
    // Includes the socket buffers of both ends.
    expect(written).toBeLessThan(16 * MIB)
    expect(response.body.readableLength).toBeLessThan(MIB / 2)
    expect((await text(response.body)).length).toBe(64 * MIB)
  })

  test('a request body is read only as fast as the upstream reads it', async () => {
    const upstream = await startHttpUpstream((request, response) => {
      setTimeout(() => request.resume().on('end', () => response.end('ok')), 200)
    })
    let taken = 0
    const counted = async function* () {
      for await (const piece of pieces(64)) {
        taken += piece.length
        yield piece
      }
    }
    const request = requestTo(upstream.origin, { method: 'PUT', body: Readable.from(counted()) })
    const outcome = outcomeOf(openTestOutbound(loopback), request)
    await pause(150)
    expect(taken).toBeLessThan(16 * MIB)
    expect(await outcome).toBe('200 ok')
    expect(taken).toBe(64 * MIB)
  })

  async function* pieces(count: number) {
    for (let index = 0; index < count; index += 1) yield Buffer.alloc(MIB, 'x')
  }
})

describe('closing the connection', () => {
  test.each<[string, string, string]>([
    ['before the headers', '', 'connection_closed'],
    ['within the headers', 'HTTP/1.1 200 OK\r\nX', 'connection_closed'],
    ['within the body', PART, 'connection_closed'],
    [
      'within a chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab',
      'connection_closed',
    ],
    ['at the end of a body without length', 'HTTP/1.1 200 OK\r\n\r\nab', '200 ab'],
  ])('by the upstream, %s', async (_, bytes, outcome) => {
    const upstream = await startRawUpstream((socket) => socket.end(bytes))
    expect(await outcomeOf(openTestOutbound(loopback), requestTo(upstream.origin))).toBe(outcome)
  })

  // RFC 9112 §9.3.1, RFC 9110 §9.2.2.
  test.each<[string, Partial<OutboundRequest>, string, number]>([
    ['GET', {}, '200 ok', 2],
    ['HEAD', { method: 'HEAD' }, '200 ', 2],
    ['OPTIONS', { method: 'OPTIONS' }, '200 ok', 2],
    ['GET with a body', { body: Buffer.from('x') }, 'connection_closed', 1],
    ['POST', { method: 'POST' }, 'connection_closed', 1],
    ['DELETE', { method: 'DELETE' }, 'connection_closed', 1],
    ['PUT', { method: 'PUT', body: Readable.from([Buffer.from('x')]) }, 'connection_closed', 1],
  ])('by the upstream on an idle connection: %s', async (_, parts, outcome, sentCount) => {
    const upstream = await startRawUpstream((socket, received) => {
      if (received.startsWith('GET /first') && received.includes('/second')) socket.destroy()
      else socket.write(received.startsWith('HEAD') ? HEAD : OK)
    })
    const outbound = openTestOutbound(loopback)
    expect(await outcomeOf(outbound, requestTo(upstream.origin, { target: '/first' }))).toBe(
      '200 ok',
    )
    // The connection returns to the pool shortly after the response.
    await pause(10)
    const request = requestTo(upstream.origin, { ...parts, target: '/second' })
    expect(await outcomeOf(outbound, request)).toBe(outcome)
    expect(upstream.received().match(/ \/second HTTP/g)).toHaveLength(sentCount)
  })

  test('by the upstream on every attempt: the request is sent at most twice', async () => {
    const upstream = await startRawUpstream((socket) => socket.destroy())
    expect(await outcomeOf(openTestOutbound(loopback), requestTo(upstream.origin))).toBe(
      'connection_closed',
    )
    expect(upstream.connectionCount()).toBe(2)
  })

  test('by the caller before the start: nothing is sent', async () => {
    const upstream = await startRawUpstream(respondRaw(OK))
    const request = requestTo(upstream.origin, { signal: AbortSignal.abort() })
    expect(await outcomeOf(openTestOutbound(loopback), request)).toBe('aborted')
    expect(upstream.received()).toBe('')
  })

  test.each(['the headers', 'the body'])('by the caller while waiting for %s', async (what) => {
    const upstream = await startRawUpstream((socket) => {
      if (what === 'the body') socket.write(PART)
    })
    const caller = new AbortController()
    const request = requestTo(upstream.origin, { signal: caller.signal })
    const outcome = outcomeOf(openTestOutbound(loopback), request)
    await expect.poll(upstream.received).toContain('\r\n\r\n')
    await pause(20)
    caller.abort()
    expect(await outcome).toBe('aborted')
    await expect.poll(upstream.openCount).toBe(0)
  })

  test('by the caller while the response is unread: the process keeps running', async () => {
    const upstream = await startRawUpstream((socket) => socket.write(PART))
    const caller = new AbortController()
    const request = requestTo(upstream.origin, { signal: caller.signal })
    const response = await openTestOutbound(loopback).send(request)
    caller.abort()
    await expect.poll(upstream.openCount).toBe(0)
    expect(response.body.errored).toMatchObject({ fault: 'aborted' })
  })

  test('by the reader of the response', async () => {
    const upstream = await startRawUpstream((socket) => socket.write(PART))
    const response = await openTestOutbound(loopback).send(requestTo(upstream.origin))
    response.body.destroy()
    await expect.poll(upstream.openCount).toBe(0)
  })

  test('by the writer of the request body', async () => {
    const upstream = await startHttpUpstream((request) => void request.on('error', () => undefined))
    const body = new Readable({ read: () => undefined })
    body.push('ab')
    const request = requestTo(upstream.origin, { method: 'PUT', body, contentLength: 4 })
    const outcome = outcomeOf(openTestOutbound(loopback), request)
    await expect.poll(upstream.openCount).toBe(1)
    body.destroy(new Error('The caller disconnected.'))
    expect(await outcome).toBe('aborted')
    await expect.poll(upstream.openCount).toBe(0)
  })
})

describe('connections', () => {
  test('are reused for the next request', async () => {
    const upstream = await startRawUpstream(respondRaw(OK))
    const outbound = openTestOutbound(loopback)
    for (let index = 0; index < 5; index += 1) await outcomeOf(outbound, requestTo(upstream.origin))
    // A second one is possible, because the first returns to the pool shortly after its response.
    expect(upstream.connectionCount()).toBeLessThanOrEqual(2)
  })

  test('are limited per origin; waiting for one times out after the connect limit', async () => {
    const pendingResponses: (() => void)[] = []
    const upstream = await startHttpUpstream((_, response) => {
      pendingResponses.push(() => response.end('ok'))
    })
    const outbound = openTestOutbound(loopback)
    const send = (connectMs: number) =>
      outcomeOf(outbound, requestTo(upstream.origin, { limits: { connectMs } }))
    const first = Array.from({ length: 128 }, () => send(5_000))
    await expect.poll(() => pendingResponses.length).toBe(128)
    const patient = send(5_000)
    expect(await send(100)).toBe('timeout')
    for (const respond of pendingResponses.splice(0)) respond()
    expect(new Set(await Promise.all(first))).toEqual(new Set(['200 ok']))
    await expect.poll(() => pendingResponses.length).toBe(1)
    pendingResponses[0]?.()
    expect(await patient).toBe('200 ok')
    expect(upstream.connectionCount()).toBe(128)
  })

  test('are closed with the sender', async () => {
    const upstream = await startRawUpstream(respondRaw(OK))
    const outbound = openTestOutbound(loopback)
    await outcomeOf(outbound, requestTo(upstream.origin))
    await outbound.close()
    await expect.poll(upstream.openCount).toBe(0)
  })
})
