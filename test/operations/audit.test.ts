import { type Route, routeList } from '@keyporter/contract'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { isReEncryptionDue } from '../../packages/server/src/encryption/index.ts'
import { type AuditedCall, type AuditedCalls, auditedCalls } from '../support/audited-calls.ts'
import {
  createContactsApi,
  createCredential,
  type IssuedCredential,
  requestToken,
} from '../support/credentials.ts'
import { runSql } from '../support/raw-sql.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'
import { type Row, readRows, readTables } from '../support/tables.ts'

// Generated from the routes that the contract marks as audited, so that every new route is covered.

let server: TestServer
/** Not set up, for the route that requires an empty installation. */
let unconfigured: TestServer
let calls: AuditedCalls
let managerId: string
let client: IssuedCredential

beforeAll(async () => {
  const overrides = { failuresMax: { perClient: 10_000, perNetwork: 10_000 } }
  server = await startTestServer({ overrides })
  unconfigured = await startTestServer({ overrides, setUp: false })
  calls = auditedCalls(server, unconfigured)
  managerId = (await server.send('GET', '/v1/session')).body.actor.id
  const api = await createContactsApi(server)
  client = await createCredential(server, { apiId: api.id })
})
afterAll(async () => {
  await unconfigured.close()
  await server.close()
})

const audited = routeList.flatMap((route) =>
  actionsOf(route).map((action) => [route.operationId, action, route] as const),
)
/** Excluded from the change feed: every request reads its session from the store. */
const withoutChangeRecord = new Set([
  'signIn',
  'endSession',
  'signOut',
  // A started consent or a failed test does not change the secrets of later calls.
  'authorizeConnection',
  'testCall',
])
const withChangeRecord = audited.filter(([name]) => !withoutChangeRecord.has(name))

const serverOf = (route: Route) => (route.operationId === 'setUp' ? unconfigured : server)

async function prepare(route: Route, action: string): Promise<AuditedCall> {
  const make = calls[route.operationId]
  if (make === undefined) throw new Error(`no call of ${route.operationId}: add one`)
  return make(action)
}

function send(
  route: Route,
  call: AuditedCall,
  requestId = 'req-of-the-test',
): Promise<TestResponse> {
  return serverOf(route).send(route.method, call.path, {
    ...(call.body === undefined ? {} : { body: call.body }),
    headers: { 'x-request-id': requestId },
    ...call.who,
  })
}

/** Runs work while the database rejects every insert into a table. */
async function whileInsertsFail<T>(
  target: TestServer,
  table: string,
  work: () => Promise<T>,
): Promise<T> {
  const isPostgres = target.databaseUrl !== undefined
  const close = isPostgres
    ? [
        `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'closed'; end $$`,
        `create trigger closed before insert on ${table} for each row execute function refuse()`,
      ]
    : [`create trigger closed before insert on ${table} begin select raise(abort, 'closed'); end`]
  const open = isPostgres
    ? [`drop trigger closed on ${table}`, 'drop function refuse()']
    : ['drop trigger closed']
  await runSql(target, ...close)
  try {
    return await work()
  } finally {
    await runSql(target, ...open)
  }
}

const eventsOf = (target: TestServer) =>
  readRows(target, 'select * from audit_events order by at, organization_id, sequence')

/**
 * The rows that must not change. The claim of a token fetch is written before the fetch, and stays.
 */
async function readState(target: TestServer, { operationId }: Route) {
  const { upstream_tokens: tokens, ...tables } = await readTables(target)
  return operationId === 'fetchConnectionToken' ? tables : { ...tables, upstream_tokens: tokens }
}

/** Returns the events that the work adds, without those of background jobs. */
async function added(target: TestServer, work: () => Promise<unknown>): Promise<readonly Row[]> {
  const known = new Set((await eventsOf(target)).map(({ id }) => id))
  await work()
  const events = (await eventsOf(target)).filter(({ id }) => !known.has(id))
  return events.filter(
    ({ actor_type: by, action }) => by !== 'system' || !isBackgroundAction(action),
  )
}

const isBackgroundAction = (action: unknown) =>
  action === 'root_key.retired' || action === 'organization_key.destroyed'

describe('an audited route', () => {
  // Re-encrypted rows do not affect the next test.
  afterEach(async () => {
    const { db } = server.program.systemContext('')
    await vi.waitFor(async () => {
      if (await isReEncryptionDue(db)) throw new Error('re-encryption is still due')
    })
  })

  it.each(audited)(
    '%s, %s, commits with exactly its events, or not at all if they cannot be written',
    async (_name, action, route) => {
      const target = serverOf(route)
      const call = await prepare(route, action)
      const before = await readState(target, route)
      const rejected = await whileInsertsFail(target, 'audit_events', () => send(route, call))
      expect([rejected.status, rejected.body.code]).toEqual([503, 'unavailable'])
      expect(rejected.headers.get('retry-after')).toMatch(/^\d+$/)
      expect(await readState(target, route)).toEqual(before)

      let response: TestResponse | undefined
      const events = await added(target, async () => {
        response = await send(route, call, `req-${route.operationId}`)
      })
      expect(response?.status).toBe(call.status ?? route.status)
      expect(events.map((event) => event['action'])).toEqual(call.actions ?? [action])
      const actor = call.actor ?? { type: 'credential', id: managerId }
      for (const event of events) {
        expect(event).toMatchObject({
          at: target.clock.now(),
          actor_type: actor.type,
          actor_id: actor.id ?? expect.any(String),
          actor_name: expect.stringMatching(/./),
          target_type: expect.stringMatching(/./),
          target_name: expect.stringMatching(/./),
          target_id: expect.stringMatching(/./),
          outcome: 'success',
          ip: '127.0.0.1',
          request_id: `req-${route.operationId}`,
        })
      }
      requireNoSecrets(events, call, response)
    },
  )

  it.each(withChangeRecord)(
    '%s, %s, records no event when the transaction is rolled back',
    async (_name, action, route) => {
      if (route.operationId === 'setUp') {
        await unconfigured.close()
        unconfigured = await startTestServer({ setUp: false })
        calls = auditedCalls(server, unconfigured)
      }
      const target = serverOf(route)
      const call = await prepare(route, action)
      const before = await readState(target, route)
      const failed = await whileInsertsFail(target, 'changes', () => send(route, call))
      expect(failed.status).toBe(500)
      expect(await readState(target, route)).toEqual(before)
      expect((await send(route, call)).status).toBe(call.status ?? route.status)
    },
  )
})

describe('the OAuth endpoints', () => {
  it('revoke a token with one event, or not at all if the event cannot be written', async () => {
    const token = await requestToken(server, client)
    const revoke = () => server.send('POST', '/oauth/revoke', { as: client, form: { token } })
    const isActive = async () =>
      (await server.send('POST', '/oauth/introspect', { as: client, form: { token } })).body.active
    const before = await readTables(server)
    const rejected = await whileInsertsFail(server, 'audit_events', revoke)
    expect([rejected.status, rejected.body]).toEqual([
      503,
      { error: 'temporarily_unavailable', error_description: expect.any(String) },
    ])
    expect(await readTables(server)).toEqual(before)
    expect(await isActive()).toBe(true)
    const events = await added(server, async () => expect((await revoke()).status).toBe(200))
    expect(events).toMatchObject([
      { action: 'token.revoked', actor_id: client.id, outcome: 'success', ip: '127.0.0.1' },
    ])
    expect(JSON.stringify(events)).not.toContain(token.split('.')[2])
    expect(await isActive()).toBe(false)
  })
})

describe('a rejected authentication', () => {
  const wrong = (pair: { clientId: string }) => ({
    clientId: pair.clientId,
    clientSecret: 'not-the-secret',
  })

  it('is one event for each credential, also for bare secrets', async () => {
    const { id: apiId } = await createContactsApi(server, {
      identifier: 'https://bare.example.com',
    })
    const revoked = [
      await createCredential(server, { apiId }),
      await createCredential(server, { apiId }),
    ]
    for (const { id } of revoked)
      await server.send('POST', `/v1/credentials/${id}/revoke`, { body: {} })
    const events = await added(server, async () => {
      for (const { clientSecret } of [...revoked, ...revoked])
        await server.send('GET', '/v1/credentials', { as: clientSecret })
    })
    expect(events.map(({ target_id: id }) => id)).toEqual(revoked.map(({ id }) => id))
  })

  it('is one event for all unknown clients of a network in a minute, whatever their ID', async () => {
    server.clock.move(61_000)
    const events = await added(server, async () => {
      for (const clientId of ['*', '', 'audit 127.0.0.1 ', 'kpc_unknown'])
        await server.send('GET', '/v1/credentials', { as: wrong({ clientId }) })
    })
    expect(events).toHaveLength(1)
  })

  it('is one event with the reason, without the presented secret', async () => {
    const events = await added(server, () =>
      server.send('GET', '/v1/credentials', { as: wrong(client) }),
    )
    expect(events).toMatchObject([
      {
        action: 'authentication.refused',
        actor_type: 'anonymous',
        actor_id: null,
        target_id: client.id,
        outcome: 'refused',
        reason: 'wrong_secret',
        ip: '127.0.0.1',
        request_id: expect.stringMatching(/^req_/),
      },
    ])
    expect(JSON.stringify(events)).not.toContain('not-the-secret')
  })

  it('returns 503 if it cannot be recorded, and the authentication fails', async () => {
    const other = await createCredential(server, { apiId: client.apiId })
    const response = await whileInsertsFail(server, 'audit_events', () =>
      server.send('POST', '/oauth/token', {
        as: wrong(other),
        form: { grant_type: 'client_credentials' },
      }),
    )
    expect(response.status).toBe(503)
  })
})

describe('the address of an event', () => {
  it('is that of the connection, unless a trusted proxy reports another', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' }
    const body = { name: 'Addressed', permissions: 'all', apiId: client.apiId }
    const events = await added(server, () =>
      server.send('POST', '/v1/credentials', { headers, body }),
    )
    expect(events).toMatchObject([{ ip: '127.0.0.1' }])

    const behind = await startTestServer({ env: { KEYPORTER_TRUSTED_PROXIES: '127.0.0.1' } })
    try {
      const eventsBehindProxy = await added(behind, () =>
        behind.send('POST', '/v1/organizations', { headers, body: { name: 'Addressed' } }),
      )
      expect(new Set(eventsBehindProxy.map(({ ip }) => ip))).toEqual(new Set(['203.0.113.9']))
    } finally {
      await behind.close()
    }
  })
})

/** Returns the actions that a route records. */
function actionsOf({ audit }: Route): readonly string[] {
  if (typeof audit === 'string') return [audit]
  return 'none' in audit ? [] : audit
}

/** Neither the secrets of the request nor those of the response. */
function requireNoSecrets(
  events: readonly Row[],
  call: AuditedCall,
  response: TestResponse | undefined,
): void {
  const shown = [
    response?.body?.clientSecret,
    response?.body?.invitation?.url?.split('#code=')[1],
    response?.body?.url?.split('#code=')[1],
    ...(response?.headers.getSetCookie() ?? []).map((line) => line.split(/[=;]/)[1]),
  ]
  for (const secret of [...shown, ...(call.secrets ?? []), server.manager.clientSecret]) {
    if (typeof secret === 'string' && secret !== '')
      expect(JSON.stringify(events)).not.toContain(secret)
  }
}
