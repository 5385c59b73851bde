import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { basic, type Pair, startTestServer } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'
import { storeEngine } from '../support/store-engine.ts'

// The server reports that it is not ready, completes open requests, and exits with 0. A second signal ends it at once.

let database: TestDatabase | undefined
let env: Record<string, string>
let manager: Pair
let server: ServerProcess

beforeAll(async () => {
  database = storeEngine() === 'postgres' ? await createTestDatabase() : undefined
  const directory = newDirectory()
  env = {
    ...firstStartEnv(directory),
    ...(database === undefined ? {} : { DATABASE_URL: database.url }),
    KEYPORTER_LOG_LEVEL: 'error',
  }
  const first = await startServerProcess(env)
  manager = readManager(directory)
  await first.end('SIGTERM')
})
beforeEach(async () => {
  server = await startServerProcess(env)
})
afterEach(() => server.end('SIGKILL'))
afterAll(() => database?.drop())

// A loaded machine needs more time.
const patience = { timeout: 20_000 }

describe('a termination signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s lets open requests end, accepts no others, and waits for no idle connection',
    async (signal) => {
      const idle = await openConnection()
      idle.send('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n')
      await idle.until('ok')
      await openConnection()
      const halfSent = await openConnection()
      halfSent.send('POST /oauth/token HTTP/1.1\r\nHo')
      const inFlight = await openConnection()
      const body = 'grant_type=client_credentials'
      inFlight.send(
        `POST /oauth/token HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(manager)}\r\n` +
          `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n`,
      )
      await expect.poll(async () => (await fetch(`${server.url}/livez`)).status, patience).toBe(200)

      const ended = server.end(signal)
      await expect.poll(isConnectionRefused, patience).toBe(true)
      inFlight.send(body)
      await inFlight.until('access_token')
      expect(inFlight.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
      expect(inFlight.received()).toMatch(/\r\nconnection: close\r\n/i)
      const startedMs = performance.now()
      expect(await ended).toBe(0)
      // Less than the 25 s after which the program exits by force, with another exit code.
      expect(performance.now() - startedMs).toBeLessThan(20_000)
    },
  )

  it('rejects later requests on open connections, with a problem document', async () => {
    const requests = {
      '/v1/credentials': `GET /v1/credentials HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(manager)}\r\n\r\n`,
      '/oauth/token': 'POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n',
    }
    const half = await Promise.all(
      Object.entries(requests).map(async ([path, text]) => {
        const connection = await openConnection()
        connection.send(text.slice(0, 8))
        return { path, connection, rest: text.slice(8) }
      }),
    )
    await expect.poll(async () => (await fetch(`${server.url}/livez`)).status, patience).toBe(200)
    const ended = server.end('SIGTERM')
    await expect.poll(isConnectionRefused, patience).toBe(true)
    for (const { connection, rest } of half) connection.send(rest)
    for (const { connection } of half) await connection.closed
    const [problem, oauth] = half.map(({ connection }) => connection.received())
    for (const text of [problem, oauth]) {
      expect(text).toMatch(/^HTTP\/1\.1 503 /)
      expect(text).toMatch(/\r\nconnection: close\r\n/i)
      expect(text).toMatch(/\r\nretry-after: 2\r\n/i)
      expect(text).toMatch(/\r\nx-content-type-options: nosniff\r\n/i)
    }
    expect(problem).toContain('content-type: application/problem+json')
    expect(JSON.parse(problem?.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      status: 503,
      code: 'unavailable',
      detail: 'This server is shutting down. Retry the request.',
    })
    expect(JSON.parse(oauth?.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      error: 'temporarily_unavailable',
    })
    expect(await ended).toBe(0)
    expect(server.output()).not.toContain('fault')
  })

  it('exits at once on the second signal', async () => {
    const inFlight = await openConnection()
    inFlight.send(
      'POST /oauth/token HTTP/1.1\r\nHost: x\r\n' +
        'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n',
    )
    await expect.poll(async () => (await fetch(`${server.url}/livez`)).status, patience).toBe(200)
    const ended = server.end('SIGTERM')
    await expect.poll(isConnectionRefused, patience).toBe(true)
    expect(server.child.exitCode).toBeNull()
    void server.end('SIGTERM')
    expect(await ended).toBe(1)
    await inFlight.closed
  })

  it('under load loses no acknowledged change', async () => {
    const apis = await send('GET', '/v1/apis?slug=keyporter')
    const apiId: string = JSON.parse(apis.text).data[0].id
    const created: string[] = []
    const rejections: number[] = []
    const write = async (): Promise<void> => {
      for (;;) {
        const response = await send('POST', '/v1/credentials', {
          name: 'Under load',
          apiId,
          permissions: ['API_READ'],
        }).catch(() => undefined)
        if (response === undefined) return
        if (response.status === 201) created.push(JSON.parse(response.text).id)
        else rejections.push(response.status)
      }
    }
    const load = [write(), write(), write(), write()]
    await expect.poll(() => created.length, patience).toBeGreaterThan(10)
    expect(await server.end('SIGTERM')).toBe(0)
    await Promise.all(load)
    expect(rejections.filter((status) => status !== 503)).toEqual([])

    server = await startServerProcess(env)
    for (const id of created) expect((await send('GET', `/v1/credentials/${id}`)).status).toBe(200)
    const { text } = await send('GET', '/v1/audit-events/verify')
    expect(JSON.parse(text)).toMatchObject({ intact: true })
  })
})

describe('a draining server', () => {
  it('reports that it is not ready, while it still serves requests', async () => {
    const draining = await startTestServer()
    try {
      const statuses = async () =>
        Promise.all(
          ['/readyz', '/livez', '/v1/credentials'].map(
            async (path) => (await draining.send('GET', path)).status,
          ),
        )
      expect(await statuses()).toEqual([200, 200, 200])
      draining.program.drain()
      expect(await statuses()).toEqual([503, 200, 200])
    } finally {
      await draining.close()
    }
  })
})

type Connection = {
  readonly send: (text: string) => void
  readonly received: () => string
  readonly until: (text: string) => Promise<void>
  readonly closed: Promise<void>
}

/** Opens a raw connection, without the connection pool of an HTTP library. */
async function openConnection(): Promise<Connection> {
  const { hostname, port } = new URL(server.url)
  const socket: Socket = connect(Number(port), hostname).setEncoding('utf8')
  let text = ''
  socket.on('data', (part) => {
    text += String(part)
  })
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  return {
    send: (part) => void socket.write(part),
    received: () => text,
    until: async (part) => {
      await expect.poll(() => text, patience).toContain(part)
    },
    closed,
  }
}

async function isConnectionRefused(): Promise<boolean> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.once('connect', () => resolve(false)).once('error', () => resolve(true))
    socket.once('connect', () => socket.destroy())
  })
}

async function send(method: string, path: string, body?: object) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: basic(manager), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}
