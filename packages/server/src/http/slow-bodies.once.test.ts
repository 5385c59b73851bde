import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSocket } from '../../../../test/support/raw-exchange.ts'
import { closeSlowBodies, STREAMED_BODY_LIMIT } from './slow-bodies.ts'

let app: FastifyInstance
let url: string

beforeAll(async () => {
  app = fastify({ logger: false, requestTimeout: 0 })
  closeSlowBodies(app, {
    timeoutMs: 100,
    checkEveryMs: 20,
    smallBytesMax: 1_000,
    largeTimeoutMs: 400,
  })
  for (const [path, bodyLimit] of [
    ['/small', 1_000],
    ['/large', 1_001],
    ['/flowing', STREAMED_BODY_LIMIT],
  ] as const)
    app.post(path, { bodyLimit, onRequest: (request) => void request.raw.resume() }, async () => '')
  await app.listen({ host: '127.0.0.1', port: 0 })
  // safe because the server listens on a port
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
})
afterAll(() => app.close())

/** Sends a byte every 50 ms, at most `times` bytes, and returns the response. */
async function drip(path: string, times: number): Promise<{ sent: number; response: string }> {
  const socket = await openSocket(url)
  let received = ''
  socket.on('data', (data) => {
    received += data.toString('latin1')
  })
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n`)
  let sent = 0
  while (sent < times && !socket.destroyed) {
    socket.write('x')
    sent += 1
    await sleep(50)
  }
  await closed
  return { sent, response: received }
}

it.each(['/small', '/large'])(
  'an endless body for %s is aborted, even while bytes keep arriving',
  async (path) => {
    const { sent, response } = await drip(path, 200)
    expect(response).toMatch(/^HTTP\/1\.1 408 /)
    expect(sent).toBeLessThan(200)
  },
)

it('a streamed body can take any time, and is aborted when it pauses too long', async () => {
  const { sent, response } = await drip('/flowing', 20)
  expect([sent, response.slice(0, 13)]).toEqual([20, 'HTTP/1.1 408 '])
})
