import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { basic, type Pair } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'
import { storeEngine } from '../support/store-engine.ts'

// Every write that was acknowledged before kill -9 exists afterwards, and no write is partial. With
// SQLite this program makes writes durable. With PostgreSQL only its connections end.

const ROUNDS = storeEngine() === 'sqlite' ? 50 : 20
const WRITERS = 4
const ACKNOWLEDGED_PER_ROUND = 6

const directory = newDirectory()
let database: TestDatabase | undefined
let env: Record<string, string>
let manager: Pair
let server: ServerProcess

beforeAll(async () => {
  database = storeEngine() === 'postgres' ? await createTestDatabase() : undefined
  env = {
    ...firstStartEnv(directory),
    ...(database === undefined ? {} : { DATABASE_URL: database.url }),
    KEYPORTER_LOG_LEVEL: 'error',
  }
  server = await startServerProcess(env)
  manager = readManager(directory)
})
afterAll(async () => {
  await server.end('SIGKILL')
  await database?.drop()
})

type Acknowledged = { readonly id: string; readonly pair: Pair; revoked: boolean }

it(`killed ${ROUNDS} times under load, every acknowledged write exists and none is partial`, async () => {
  const { data } = await send<{ data: { id: string }[] }>('GET', '/v1/apis?slug=keyporter')
  const apiId = data[0]?.id
  const acknowledged: Acknowledged[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const load = Array.from({ length: WRITERS }, () => write(apiId, acknowledged))
    await waitForWrites(acknowledged, ACKNOWLEDGED_PER_ROUND)
    await server.end('SIGKILL')
    await Promise.all(load)
    server = await startServerProcess(env)
  }
  expect(acknowledged.length).toBeGreaterThan(ROUNDS * ACKNOWLEDGED_PER_ROUND - 1)

  for (const { id, pair, revoked } of acknowledged) {
    const credential = await send<{ status: string; clientId: string }>(
      'GET',
      `/v1/credentials/${id}`,
    )
    expect(credential.clientId).toBe(pair.clientId)
    if (revoked) expect(credential.status).toBe('revoked')
  }
  const live = acknowledged.filter(({ revoked }) => !revoked).slice(-20)
  for (const { pair } of live) {
    const { valid, code } = await send<{ valid: boolean; code: string }>('POST', '/v1/verify', {
      authorization: basic(pair),
    })
    // A revocation in flight at the kill may be committed without an acknowledgement.
    expect(valid || code === 'revoked').toBe(true)
  }
  // Every credential has exactly one creation event, and the audit chain verifies.
  const audit = await send<{ intact: boolean; checked: number }>('GET', '/v1/audit-events/verify')
  expect(audit.intact).toBe(true)
  const created = await count('/v1/audit-events?action=credential.created&limit=100')
  const stored = await count('/v1/credentials?limit=100')
  expect(created).toBe(stored)
}, 240_000)

/**
 * Waits for this many more acknowledged writes, and then for a moment, so that others are in
 * flight.
 */
async function waitForWrites(acknowledged: readonly Acknowledged[], more: number): Promise<void> {
  const wantedCount = acknowledged.length + more
  const deadline = performance.now() + 10_000
  while (acknowledged.length < wantedCount && performance.now() < deadline) await pause(2)
  await pause(Math.random() * 10)
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Creates and revokes credentials until the process exits. Records the acknowledged writes. */
async function write(apiId: string | undefined, acknowledged: Acknowledged[]): Promise<void> {
  for (;;) {
    try {
      const made = await send<{ id: string } & Pair>('POST', '/v1/credentials', {
        name: 'Under load',
        apiId,
        permissions: ['API_READ'],
      })
      const entry: Acknowledged = { id: made.id, pair: made, revoked: false }
      acknowledged.push(entry)
      if (Math.random() < 0.5) {
        await send('POST', `/v1/credentials/${made.id}/revoke`, {})
        entry.revoked = true
      }
    } catch {
      return
    }
  }
}

async function count(path: string): Promise<number> {
  let total = 0
  let cursor = ''
  for (;;) {
    const page: { data: unknown[]; nextCursor: string | null } = await send(
      'GET',
      `${path}${cursor}`,
    )
    total += page.data.length
    if (page.nextCursor === null) return total
    cursor = `&cursor=${page.nextCursor}`
  }
}

async function send<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: basic(manager),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
  return JSON.parse(text)
}
