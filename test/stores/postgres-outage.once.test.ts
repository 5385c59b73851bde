import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, requirePostgres, type TestDatabase } from '../support/postgres.ts'
import { openPostgresProxy, type PostgresProxy } from '../support/postgres-proxy.ts'
import { basic, type Pair, type TestResponse } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'

// PostgreSQL is unreachable, silent, or read-only. Unknown results are 503, never 200, and service
// recovers without a restart.

const PROVIDED = process.env['TEST_DATABASE_URL'] !== undefined
/**
 * A reader waits for 5 s and is given up a second later. The next connection has a timeout of 3 s.
 */
const RESPONSE_MS_MAX = 15_000
const patience = { timeout: 20_000 }

let database: TestDatabase
let proxy: PostgresProxy
let server: ServerProcess
let manager: Pair

beforeAll(async () => {
  if (!PROVIDED) return
  database = await createTestDatabase()
  proxy = await openPostgresProxy(database.url)
  const directory = newDirectory()
  server = await startServerProcess({
    ...firstStartEnv(directory),
    DATABASE_URL: proxy.url,
    KEYPORTER_LOG_LEVEL: 'error',
  })
  manager = readManager(directory)
})
afterEach(async () => {
  if (!PROVIDED) return
  proxy.restore()
  await waitUntilRecovered()
})
afterAll(async () => {
  if (!PROVIDED) return
  await server.end('SIGKILL')
  await proxy.close()
  await database.drop()
})

describe('while PostgreSQL is unreachable', () => {
  it('nothing is revoked, and no response reports a revocation', async (ctx) => {
    requirePostgres(ctx)
    const credential = await create()
    const token = await obtain(credential)
    expect(await isActive(token)).toBe(true)

    proxy.cut()
    await expect.poll(readiness, patience).toBe(503)
    const rejections = [
      await revoke(credential),
      await revokeToken(credential, token),
      await requestToken(credential),
      await verify(credential),
      await introspect(token),
      await request('POST', '/v1/credentials', { body: { name: 'Never' } }),
      await request('GET', '/v1/credentials'),
    ]
    for (const { status, headers } of rejections) {
      expect([status, headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)])
    }
    expect((await fetch(`${server.url}/livez`)).status).toBe(200)

    proxy.restore()
    await waitUntilRecovered()
    expect(await isActive(token)).toBe(true)
    expect((await verify(credential)).body).toMatchObject({ valid: true })
    expect((await revokeToken(credential, token)).status).toBe(200)
    expect(await isActive(token)).toBe(false)
    expect((await revoke(credential)).status).toBe(200)
    expect((await verify(credential)).body).toMatchObject({ valid: false, code: 'revoked' })
  })

  it('intermittently, only requests of the broken connections fail', async (ctx) => {
    requirePostgres(ctx)
    const credential = await create()
    for (let turn = 0; turn < 5; turn += 1) {
      proxy.cut()
      proxy.restore()
      const responses = await Promise.all(Array.from({ length: 8 }, () => requestToken(credential)))
      const others = responses.filter(({ status }) => status !== 200 && status !== 503)
      expect(others).toEqual([])
    }
    await expect.poll(() => count(IDLE_TRANSACTIONS), patience).toBe(0)
  })
})

const IDLE_TRANSACTIONS =
  "pg_stat_activity where datname = current_database() and state like 'idle in transaction%'"
const REVOCATION = 'update "credentials"'
const TOKEN_REVOCATION = 'insert into "revoked_tokens"'

describe('a commit', () => {
  it('that PostgreSQL never receives returns 503 and changes nothing', async (ctx) => {
    requirePostgres(ctx)
    const credential = await create()
    const token = await obtain(credential)
    const before = await countEvents()
    proxy.breakCommit(TOKEN_REVOCATION, 'before')
    expect((await revokeToken(credential, token)).status).toBe(503)
    proxy.breakCommit(REVOCATION, 'before')
    expect((await revoke(credential)).status).toBe(503)
    await waitUntilRecovered()
    expect(await isActive(token)).toBe(true)
    expect((await verify(credential)).body).toMatchObject({ valid: true })
    expect(await countEvents()).toBe(before)
    expect((await revoke(credential)).status).toBe(200)
    expect(await isActive(token)).toBe(false)
  })

  it('with a lost response is found, and takes effect at once', async (ctx) => {
    requirePostgres(ctx)
    const credential = await create()
    proxy.breakCommit(REVOCATION, 'afterwards')
    expect((await revoke(credential)).status).toBe(200)
    expect((await verify(credential)).body.code).toBe('revoked')
    expect((await revoke(credential)).body).toMatchObject({ code: 'already_revoked' })
  })
})

describe('while PostgreSQL is silent', () => {
  it('every request gets its 503 in time', async (ctx) => {
    requirePostgres(ctx)
    const credential = await create()
    const token = await obtain(credential)
    proxy.pause()
    await expect.poll(readiness, patience).toBe(503)
    const startedMs = performance.now()
    const responses = await Promise.all([
      requestToken(credential),
      revokeToken(credential, token),
      revoke(credential),
      introspect(token),
      ...Array.from({ length: 16 }, () => verify(credential)),
    ])
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 503))
    expect(performance.now() - startedMs).toBeLessThan(RESPONSE_MS_MAX)

    proxy.restore()
    await waitUntilRecovered()
    expect(await isActive(token)).toBe(true)
    expect((await revoke(credential)).status).toBe(200)
    expect(await isActive(token)).toBe(false)
  })
})

describe('while PostgreSQL is read-only', () => {
  it('changes return 503, and cached credentials are verified', async (ctx) => {
    requirePostgres(ctx)
    const credential = await create()
    const before = await countEvents()
    await setReadOnly('on')
    try {
      const rejections = [
        await revoke(credential),
        await request('POST', '/v1/organizations', { body: { name: 'Never' } }),
      ]
      for (const { status, body } of rejections)
        expect([status, body.code]).toEqual([503, 'unavailable'])
      expect((await verify(credential)).body).toMatchObject({ valid: true })
      expect((await requestToken(credential)).status).toBe(200)
    } finally {
      await setReadOnly('off')
    }
    await waitUntilRecovered()
    expect(await countEvents()).toBe(before)
    expect((await revoke(credential)).status).toBe(200)
  })
})

type Created = Pair & { readonly id: string }
type ServerResult = {
  readonly status: number
  readonly headers: Headers
  readonly body: TestResponse['body']
}

async function create(): Promise<Created> {
  const apis = await request('GET', '/v1/apis?slug=keyporter')
  const { status, body } = await request('POST', '/v1/credentials', {
    body: { name: 'Test', apiId: apis.body.data[0].id, permissions: ['API_READ'] },
  })
  if (status !== 201) throw new Error(`credential not created: ${status}`)
  return body
}

async function obtain(credential: Created): Promise<string> {
  const { status, body } = await requestToken(credential)
  if (status !== 200) throw new Error(`token not issued: ${status}`)
  return body.access_token
}

const requestToken = (as: Pair) =>
  request('POST', '/oauth/token', { as, form: { grant_type: 'client_credentials' } })
const revokeToken = (as: Pair, token: string) =>
  request('POST', '/oauth/revoke', { as, form: { token } })
const introspect = (token: string) => request('POST', '/oauth/introspect', { form: { token } })
const isActive = async (token: string) => (await introspect(token)).body.active
const revoke = ({ id }: Created) => request('POST', `/v1/credentials/${id}/revoke`, { body: {} })
const verify = (pair: Pair) =>
  request('POST', '/v1/verify', { body: { authorization: basic(pair) } })
const readiness = async () => (await fetch(`${server.url}/readyz`)).status

async function request(
  method: string,
  path: string,
  {
    as = manager,
    body,
    form,
  }: { readonly as?: Pair; readonly body?: object; readonly form?: Record<string, string> } = {},
): Promise<ServerResult> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: basic(as),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  })
  const text = await response.text()
  const { status, headers } = response
  return { status, headers, body: text === '' ? undefined : JSON.parse(text) }
}

/** Waits until the server recovers without help. */
async function waitUntilRecovered(): Promise<void> {
  await expect.poll(readiness, patience).toBe(200)
  await expect
    .poll(async () => (await request('GET', '/v1/credentials?limit=1')).status, patience)
    .toBe(200)
}

const countEvents = () => count('audit_events')

async function count(what: string): Promise<number> {
  const [row] = await query(`select count(*)::int as count from ${what}`)
  return row?.['count'] ?? 0
}

/** Applies to new connections. Existing connections are closed. */
async function setReadOnly(value: 'on' | 'off'): Promise<void> {
  const name = new URL(database.url).pathname.slice(1)
  await query(
    `set default_transaction_read_only = off`,
    `alter database ${name} set default_transaction_read_only = ${value}`,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  )
}

/** Queries PostgreSQL directly. Returns the rows of the last statement. */
async function query(...statements: readonly string[]): Promise<Record<string, number>[]> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    let rows: Record<string, number>[] = []
    for (const statement of statements) rows = (await client.query(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}
