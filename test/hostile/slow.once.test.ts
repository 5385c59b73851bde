import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSocket } from '../support/raw-exchange.ts'
import { basic, startTestServer, type TestServer } from '../support/server.ts'

// H07: half a request is no claim on the server.

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const CLOSED_WITHIN_MS = 15_000
// A busy machine looks a little later.
const PATIENCE_MS = 3_000

const host = 'Host: 127.0.0.1\r\n'

/** How a slow client begins, and what it adds once a second. */
const slow: readonly (readonly [name: string, begin: () => string, drip: string])[] = [
  ['nothing at all', () => '', ''],
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

const EACH = 9

describe('54 clients that send half a request', () => {
  it('are gone within 15 s, and everybody else is answered meanwhile', {
    timeout: 40_000,
  }, async () => {
    const startedAt = performance.now()
    const clients = await Promise.all(
      slow.flatMap(([name, begin, drip]) =>
        Array.from({ length: EACH }, async () => {
          const socket = await openSocket(server.url)
          return { name, gone: sendSlowly(socket, begin(), drip, startedAt) }
        }),
      ),
    )
    let isOver = false
    const others = (async () => {
      const waits: number[] = []
      while (!isOver) {
        const askedAt = performance.now()
        expect((await server.ask('GET', '/v1/credentials')).status).toBe(200)
        waits.push(performance.now() - askedAt)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      return waits
    })()
    const left = await Promise.all(
      clients.map(async ({ name, gone }) => ({ name, afterMs: await gone })),
    )
    isOver = true
    const waits = (await others).sort((a, b) => a - b)
    const late = left.filter(({ afterMs }) => afterMs > CLOSED_WITHIN_MS + PATIENCE_MS)
    expect(late).toEqual([])
    expect(server.logLines.filter((line) => line.includes('"fault"'))).toEqual([])
    expect(waits.length).toBeGreaterThan(50)
    expect(waits[Math.floor(waits.length * 0.9)]).toBeLessThan(5_000)
  })
})

/** Milliseconds from the start until the server has closed; at the latest what the test can wait. */
async function sendSlowly(
  socket: Socket,
  begin: string,
  drip: string,
  startedAt: number,
): Promise<number> {
  socket.on('data', () => undefined)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  if (begin !== '') socket.write(begin)
  const timer = setInterval(() => {
    if (performance.now() - startedAt > CLOSED_WITHIN_MS + 2 * PATIENCE_MS) socket.destroy()
    else if (drip !== '' && socket.writable) socket.write(drip)
  }, 1_000)
  await closed
  clearInterval(timer)
  return performance.now() - startedAt
}
