import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, requirePostgres, type TestDatabase } from '../support/postgres.ts'
import { basic, type Pair } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'

// A node rejects within the time limit what another node revoked, also without notifications.

const BOUND_MS = 1_000
/** A node that has not read the changes for this time does not use its caches. */
const CACHES_OPEN_MS_MAX = 2_000
const WRITERS = 8
const PROVIDED = process.env['TEST_DATABASE_URL'] !== undefined

let database: TestDatabase
let nodes: readonly ServerProcess[] = []
let manager: Pair

beforeAll(async () => {
  if (!PROVIDED) return
  database = await createTestDatabase()
  const directory = newDirectory()
  const env = {
    ...firstStartEnv(directory),
    DATABASE_URL: database.url,
    // One installation has one public URL, whichever node responds.
    KEYPORTER_PUBLIC_URL: 'http://keyporter.test',
    KEYPORTER_LOG_LEVEL: 'error',
  }
  nodes = [await startServerProcess(env), await startServerProcess(env)]
  manager = readManager(directory)
}, 60_000)
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.end('SIGKILL')))
  if (PROVIDED) await database.drop()
})

describe('two nodes on one PostgreSQL', () => {
  it('each reject within the time limit the credentials that the other revoked', async (ctx) => {
    requirePostgres(ctx)
    for (let round = 0; round < 10; round += 1) {
      const waited = await revokeAndWatch(round % 2)
      expect(waited).toBeLessThan(BOUND_MS)
    }
  })

  it('keep the time limit without notifications', async (ctx) => {
    requirePostgres(ctx)
    const cutter = setInterval(() => void cutListeners(), 50)
    try {
      for (let round = 0; round < 6; round += 1) {
        expect(await revokeAndWatch(round % 2)).toBeLessThan(BOUND_MS)
      }
    } finally {
      clearInterval(cutter)
    }
  })

  it('reject after a pause the credentials that were revoked during it, also without the change records', async (ctx) => {
    requirePostgres(ctx)
    const pairs = [await create(0), await create(0)]
    for (const pair of pairs) await expectValid(1, pair)
    const paused = nodes[1]?.child
    paused?.kill('SIGSTOP')
    const stoppedAt = performance.now()
    try {
      for (const pair of pairs) await revoke(0, pair)
      // As the retention job does after a day: it deletes all records but the newest.
      await query('delete from changes where seq < (select max(seq) from changes)')
      await setTimeout(CACHES_OPEN_MS_MAX - (performance.now() - stoppedAt))
    } finally {
      paused?.kill('SIGCONT')
    }
    for (const pair of pairs) expect(await isValid(1, pair)).toBe(false)
  })

  it('see every change of eight concurrent writers: no reader skips a row', async (ctx) => {
    requirePostgres(ctx)
    const pairs: Created[] = []
    const writer = async (node: number) => {
      for (let turn = 0; turn < 20; turn += 1) pairs.push(await create(node))
    }
    await Promise.all(Array.from({ length: WRITERS }, (_, index) => writer(index % 2)))
    // Fill both caches, revoke everything at once on both nodes, then check both.
    for (const pair of pairs)
      for (const node of [0, 1]) expect(await isValid(node, pair)).toBe(true)
    const revoker = async (first: number) => {
      for (let at = first; at < pairs.length; at += WRITERS) {
        const pair = pairs[at]
        if (pair !== undefined) await revoke(at % 2, pair)
      }
    }
    await Promise.all(Array.from({ length: WRITERS }, (_, first) => revoker(first)))
    await setTimeout(BOUND_MS)
    for (const pair of pairs)
      for (const node of [0, 1]) expect(await isValid(node, pair)).toBe(false)
  }, 120_000)

  it('extend one audit chain', async (ctx) => {
    requirePostgres(ctx)
    await Promise.all(Array.from({ length: WRITERS }, (_, index) => create(index % 2)))
    const { intact, checked } = await send<{ intact: boolean; checked: number }>(
      0,
      'GET',
      '/v1/audit-events/verify',
    )
    expect(intact).toBe(true)
    expect(checked).toBeGreaterThan(WRITERS)
  })

  it('do not respond from the cache when the database is unreachable', async (ctx) => {
    requirePostgres(ctx)
    const pair = await create(0)
    await expectValid(0, pair)
    const client = new pg.Client({ connectionString: maintenanceUrl() })
    await client.connect()
    const name = new URL(database.url).pathname.slice(1)
    try {
      await client.query(`alter database ${name} allow_connections false`)
      await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
        [name],
      )
      await setTimeout(2_500)
      const response = await request(0, 'POST', '/v1/verify', { authorization: basic(pair) })
      expect(response.status).toBe(503)
      const token = await fetch(`${nodes[0]?.url}/oauth/token`, {
        method: 'POST',
        headers: {
          authorization: basic(pair),
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'grant_type=client_credentials',
      })
      expect([token.status, token.headers.get('retry-after')]).toEqual([503, expect.any(String)])
      expect(await token.json()).toMatchObject({ error: 'temporarily_unavailable' })
      expect((await fetch(`${nodes[0]?.url}/readyz`)).status).toBe(503)
    } finally {
      await client.query(`alter database ${name} allow_connections true`)
      await client.end()
    }
    await expect.poll(() => isValid(0, pair).catch(() => false)).toBe(true)
  }, 60_000)
})

type Created = Pair & { readonly id: string }

/**
 * Returns the milliseconds from the revocation to the start of the last request that the other node
 * accepted. The time of its response depends on the load of the machine, and does not count.
 */
async function revokeAndWatch(revokingNode: number): Promise<number> {
  const watchingNode = 1 - revokingNode
  const pair = await create(revokingNode)
  await expectValid(watchingNode, pair)
  await revoke(revokingNode, pair)
  const revokedAt = performance.now()
  let lastValidMs = 0
  for (;;) {
    const sentMs = performance.now() - revokedAt
    if (!(await isValid(watchingNode, pair))) return lastValidMs
    lastValidMs = sentMs
    if (lastValidMs > BOUND_MS) return lastValidMs
  }
}

async function create(node: number): Promise<Created> {
  const { data } = await send<{ data: { id: string }[] }>(node, 'GET', '/v1/apis?slug=keyporter')
  return send(node, 'POST', '/v1/credentials', {
    name: 'Short-lived',
    apiId: data[0]?.id,
    permissions: ['API_READ'],
  })
}

async function revoke(node: number, { id }: Created): Promise<void> {
  await send(node, 'POST', `/v1/credentials/${id}/revoke`, {})
}

/**
 * A node that cannot check responds with 503. On a loaded machine this is temporary, and also a
 * rejection.
 */
async function isValid(node: number, pair: Pair): Promise<boolean> {
  const response = await request(node, 'POST', '/v1/verify', { authorization: basic(pair) })
  if (response.status === 503) return false
  const { valid } = await response.json()
  return valid === true
}

async function expectValid(node: number, pair: Pair): Promise<void> {
  await expect.poll(() => isValid(node, pair)).toBe(true)
}

async function send<T>(node: number, method: string, path: string, body?: object): Promise<T> {
  const response = await request(node, method, path, body)
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
  return JSON.parse(text)
}

function request(node: number, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${nodes[node]?.url}${path}`, {
    method,
    headers: {
      authorization: basic(manager),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function cutListeners(): Promise<void> {
  await query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen %'`,
  )
}

async function query(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

function maintenanceUrl(): string {
  return process.env['TEST_DATABASE_URL'] ?? ''
}
