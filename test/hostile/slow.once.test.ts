import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSocket } from '../support/raw-exchange.ts'
import { basic, startTestServer, type TestServer } from '../support/server.ts'

// Slow clients (slowloris) lose their connection and do not delay other clients.

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const CLOSED_WITHIN_MS = 15_000
// The server checks timeouts at intervals, later under load.
const PATIENCE_MS = 3_000

const host = 'Host: 127.0.0.1\r\n'

/** The first bytes of a slow client, and the bytes that it adds once a second. */
const slow: readonly (readonly [name: string, begin: () => string, repeatedBytes: string])[] = [
  ['no bytes', () => '', ''],
  ['a line', () => 'GET /v1/credentials HTTP/1.1\r\n', ''],
  ['headers, one a second', () => `GET /v1/credentials HTTP/1.1\r\n${host}`, 'A: b\r\n'],
  [
    'a form, a byte a second',
    () => `${post('/oauth/token', 'application/x-www-form-urlencoded')}gr`,
    'x',
  ],
  ['JSON, a byte a second', () => `${post('/v1/credentials', 'application/json')}{`, ' '],
  ['JSON that stops', () => `${post('/v1/verify', 'application/json')}{`, ''],
]

function post(path: string, type: string): string {
  return `POST ${path} HTTP/1.1\r\n${host}Authorization: ${basic(server.manager)}\r\nContent-Type: ${type}\r\nContent-Length: 60000\r\n\r\n`
}

const CLIENTS_PER_KIND = 9

describe('54 clients that send incomplete requests', () => {
  it('are disconnected within 15 s and do not delay other clients', {
    timeout: 40_000,
  }, async () => {
    const startedAt = performance.now()
    const clients = await Promise.all(
      slow.flatMap(([name, begin, repeatedBytes]) =>
        Array.from({ length: CLIENTS_PER_KIND }, async () => {
          const socket = await openSocket(server.url)
          return { name, closed: sendSlowly(socket, begin(), repeatedBytes, startedAt) }
        }),
      ),
    )
    let isOver = false
    const otherClients = (async () => {
      const waits: number[] = []
      while (!isOver) {
        const askedAt = performance.now()
        expect((await server.send('GET', '/v1/credentials')).status).toBe(200)
        waits.push(performance.now() - askedAt)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      return waits
    })()
    const closings = await Promise.all(
      clients.map(async ({ name, closed }) => ({ name, afterMs: await closed })),
    )
    isOver = true
    const waits = (await otherClients).sort((a, b) => a - b)
    const late = closings.filter(({ afterMs }) => afterMs > CLOSED_WITHIN_MS + PATIENCE_MS)
    expect(late).toEqual([])
    expect(server.logLines.filter((line) => line.includes('"fault"'))).toEqual([])
    expect(waits.length).toBeGreaterThan(50)
    expect(waits[Math.floor(waits.length * 0.9)]).toBeLessThan(5_000)
  })
})

/** Returns the milliseconds from the start until the server closes the socket, limited by the patience of the test. */
async function sendSlowly(
  socket: Socket,
  begin: string,
  repeatedBytes: string,
  startedAt: number,
): Promise<number> {
  socket.on('data', () => undefined)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  if (begin !== '') socket.write(begin)
  const timer = setInterval(() => {
    if (performance.now() - startedAt > CLOSED_WITHIN_MS + 2 * PATIENCE_MS) socket.destroy()
    else if (repeatedBytes !== '' && socket.writable) socket.write(repeatedBytes)
  }, 1_000)
  await closed
  clearInterval(timer)
  return performance.now() - startedAt
}
