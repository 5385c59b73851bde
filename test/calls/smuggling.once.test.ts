import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createResolvedConnection,
  INTEGRATION_ID,
  type IsolatedProxy,
  startIsolatedProxy,
} from '../support/isolated-proxy.ts'
import { readLlhttpCalls, readLlhttpMessages } from '../support/llhttp-messages.ts'
import { exchangeRaw } from '../support/raw-exchange.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'
import { requireVectors } from '../support/vectors.ts'

// Each request causes at most one upstream request, and no response is taken for that of another
// request.

let upstream: Upstream
let proxy: IsolatedProxy

beforeAll(async () => {
  upstream = await startUpstream()
  proxy = await startIsolatedProxy(() => createResolvedConnection(upstream.origin))
})
afterAll(async () => {
  await upstream.close()
  await proxy.close()
})

describe('a caller', () => {
  it('that sends any of llhttp’s requests reaches the upstream at most once, and only on its own path', async (ctx) => {
    const directory = requireVectors(ctx, 'http-parsing-llhttp', 'test', 'request')
    const calls = readLlhttpCalls(directory, (index) => `/proxy/${INTEGRATION_ID}/case-${index}`)
    expect(calls.length).toBeGreaterThan(80)
    const responses = await Promise.all(calls.map((call) => exchangeRaw(proxy.url, call)))
    const seen = upstream.received.map(({ url, headers }) => [url, headers['x-case']?.join()])
    for (const [url, index] of seen) expect(url).toBe(`/case-${index}`)
    expect(new Set(seen.map(([url]) => url)).size).toBe(seen.length)
    // A valid request may precede invalid bytes, which end the connection with one error response.
    for (const [, index] of seen) {
      const { status = 0, responseCount = 0 } = responses[Number(index)] ?? {}
      expect(status === 200 || (status === 400 && responseCount === 1)).toBe(true)
    }
    // Some of the requests are valid. Without one, the test would prove nothing.
    expect(seen.length).toBeGreaterThan(10)
  })
})

describe('an upstream', () => {
  let evil: Server
  let message = ''
  let through: IsolatedProxy

  beforeAll(async () => {
    evil = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (data) => {
        const isFirst = data.includes('/first')
        const good = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond'
        socket.write(isFirst ? message : good, 'latin1')
        // Endless responses are cut here, instead of after a timeout of one minute.
        if (isFirst) setTimeout(() => socket.end(), 30)
      })
    })
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
    // safe because the server listens on a port
    const { port } = evil.address() as AddressInfo
    through = await startIsolatedProxy(() => createResolvedConnection(`http://127.0.0.1:${port}`))
  })
  afterAll(async () => {
    await through.close()
    await new Promise((resolve) => evil.close(resolve))
  })

  it('that sends any of llhttp’s responses affects no other call', async (ctx) => {
    const directory = requireVectors(ctx, 'http-parsing-llhttp', 'test', 'response')
    const messages = [
      ...readLlhttpMessages(directory),
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nevil',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nokevil',
    ]
    expect(messages.length).toBeGreaterThan(40)
    for (message of messages) {
      // A truncated response breaks off. Every other result is one response.
      await through.call('/first').catch(() => undefined)
      const { status, text } = await through.call('/second')
      expect([message, status, text]).toEqual([message, 200, 'second'])
    }
  })
})
