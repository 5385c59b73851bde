import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { sendTo, type TestResponse, type TestServer } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'
import { storeEngine } from '../support/store-engine.ts'
import { startTokenServer, type TokenServer, tokenBody } from '../support/token-server.ts'
import {
  createUpstreamConnection,
  LOOPBACK_ALLOWED,
  requestSharedConnection,
  sharedConnection,
} from '../support/upstream-connection.ts'

// Refresh tokens survive a kill of the program, and several nodes fetch a token once.

const directory = newDirectory()
let database: TestDatabase | undefined
let env: Record<string, string>
let upstream: TokenServer
let node: ServerProcess
let send: TestServer['send']

beforeAll(async () => {
  upstream = await startTokenServer()
  database = storeEngine() === 'postgres' ? await createTestDatabase() : undefined
  env = {
    ...firstStartEnv(directory),
    ...(database === undefined ? {} : { DATABASE_URL: database.url }),
    ...LOOPBACK_ALLOWED,
    KEYPORTER_PUBLIC_URL: 'http://keyporter.test',
    KEYPORTER_LOG_LEVEL: 'error',
  }
  await start()
})
afterAll(async () => {
  await node.end('SIGKILL')
  await upstream.close()
  await database?.drop()
})
beforeEach(() => {
  refreshes = []
})

/** The presented refresh tokens, in order. */
let refreshes: (string | undefined)[] = []

async function start(): Promise<void> {
  node = await startServerProcess({ ...env, KEYPORTER_PORT: '0' })
  send = sendTo(node.url, readManager(directory))
}

/** A member has connected. The current token is valid for one second. */
async function connect(): Promise<string> {
  const id = await createUpstreamConnection(
    { send },
    {
      auth: {
        kind: 'oauth2_authorization_code',
        authorizationUrl: `${upstream.origin}/authorize`,
        tokenUrl: `${upstream.origin}/token`,
        clientId: 'us',
      },
      secrets: { clientSecret: 's3cret-of-ours' },
      integration: { baseUrl: `${upstream.origin}/api` },
    },
  )
  upstream.respond = () => ({ body: shortLivedToken('a1', 'r1') })
  const begun = await requestSharedConnection({ send }, id, 'authorize')
  const state = new URL(begun.body.url).searchParams.get('state')
  const page = await send('GET', `/connect/callback?code=c&state=${state}`, { as: null })
  expect(page.status).toBe(200)
  return id
}

/** Waits for this number of presented refresh tokens. */
async function callUntil(id: string, count: number): Promise<void> {
  const countRefreshes = async (): Promise<number> => {
    await send('GET', `/proxy/${id}/x`).catch(() => undefined)
    return refreshes.length
  }
  await expect.poll(countRefreshes, { timeout: 20_000, interval: 100 }).toBe(count)
}

it('a rotated refresh token survives a kill right after its token was used', async () => {
  const id = await connect()
  const first = node
  upstream.respond = ({ url, headers, form }) => {
    if (url !== '/token') {
      // The call with the new token is in flight: its node can be killed now. The next node must
      // still have the token.
      if (headers['authorization'] === 'Bearer a2') first.child.kill('SIGKILL')
      return { hangUp: true }
    }
    refreshes.push(form['refresh_token'])
    return { body: shortLivedToken(`a${refreshes.length + 1}`, `r${refreshes.length + 1}`) }
  }
  await callUntil(id, 1)
  await expect.poll(() => node.child.signalCode).toBe('SIGKILL')
  await start()
  await callUntil(id, 2)
  expect(refreshes).toEqual(['r1', 'r2'])
})

it('a rotated refresh token that never arrived costs a new consent, and no retry storm', async () => {
  const id = await connect()
  upstream.respond = ({ url, form }) => {
    if (url !== '/token') return { body: {} }
    refreshes.push(form['refresh_token'])
    if (refreshes.length > 1) return { status: 400, body: { error: 'invalid_grant' } }
    node.child.kill('SIGKILL')
    return { hangUp: true }
  }
  await callUntil(id, 1)
  await expect.poll(() => node.child.signalCode).toBe('SIGKILL')
  await start()
  const call = async (): Promise<TestResponse> => send('GET', `/proxy/${id}/x`)
  // A killed node keeps its claim for twelve seconds, and no other node requests a token meanwhile.
  const codes: string[] = []
  for (let turn = 0; turn < 3; turn += 1) codes.push((await call()).body.code)
  expect(codes.filter((code) => code !== 'unavailable')).toContain('upstream_rejected')
  expect(refreshes).toEqual(['r1', 'r1'])
  expect(await sharedConnection({ send }, id)).toMatchObject({
    status: 'needs_attention',
    statusReason: 'consent_required',
  })
}, 60_000)

it('a hundred calls through two nodes fetch one token', async (ctx) => {
  ctx.skip(database === undefined, 'SQLite has one node')
  const other = await startServerProcess({ ...env, KEYPORTER_PORT: '0' })
  try {
    const id = await createUpstreamConnection(
      { send },
      {
        auth: {
          kind: 'oauth2_client_credentials',
          tokenUrl: `${upstream.origin}/token`,
          clientId: 'us',
        },
        secrets: { clientSecret: 's3cret-of-ours' },
        integration: { baseUrl: `${upstream.origin}/api` },
      },
    )
    upstream.respond = ({ url, headers }) => {
      if (url !== '/token') return { body: { sent: headers['authorization'] } }
      refreshes.push('asked')
      return { body: tokenBody('for-both') }
    }
    const senders = [send, sendTo(other.url, readManager(directory))]
    const calls = Array.from({ length: 100 }, (_, index) =>
      (senders[index % 2] ?? send)('GET', `/proxy/${id}/x`),
    )
    const responses = await Promise.all(calls)
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]))
    expect(refreshes).toEqual(['asked'])
  } finally {
    await other.end('SIGKILL')
  }
})

function shortLivedToken(token: string, refreshToken: string): object {
  return tokenBody(token, { refresh_token: refreshToken, expires_in: 1 })
}
