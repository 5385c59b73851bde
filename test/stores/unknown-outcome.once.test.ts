import { randomUUID } from 'node:crypto'
import { acceptsIdempotencyKey, type Route, routeList } from '@keyporter/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AuditedCall, type AuditedCalls, auditedCalls } from '../support/audited-calls.ts'
import { createMigratedDatabase, requirePostgres, type TestDatabase } from '../support/postgres.ts'
import { openPostgresProxy, type PostgresProxy } from '../support/postgres-proxy.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'
import { readRows } from '../support/tables.ts'

// The connection to PostgreSQL breaks during the commit of a change. Generated from the routes that
// the contract marks as audited, so that every new kind of change is covered.

const PROVIDED = process.env['TEST_DATABASE_URL'] !== undefined
const patience = { timeout: 20_000 }

let database: TestDatabase
let proxy: PostgresProxy
let server: TestServer
let calls: AuditedCalls

beforeAll(async () => {
  if (!PROVIDED) return
  database = await createMigratedDatabase()
  proxy = await openPostgresProxy(database.url)
  server = await startTestServer({
    env: { DATABASE_URL: proxy.url },
    overrides: { failuresMax: { perClient: 10_000, perNetwork: 10_000 } },
  })
  calls = auditedCalls(server, server)
}, 60_000)
afterAll(async () => {
  if (!PROVIDED) return
  await server.close()
  await proxy.close()
  await database.drop()
})

beforeEach((ctx) => requirePostgres(ctx))

/** Setup is possible once in an installation. */
const audited = routeList.flatMap((route) => {
  const [action] = [route.audit].flat()
  const isChange = typeof action === 'string' && route.operationId !== 'setUp'
  return isChange ? [[route.operationId, action, route] as const] : []
})

const prepare = async (route: Route, action: string): Promise<AuditedCall> => {
  const make = calls[route.operationId]
  if (make === undefined) throw new Error(`no call of ${route.operationId}: add one`)
  return make(action)
}

const send = (
  route: Route,
  call: AuditedCall,
  { key, requestId = 'req-of-the-test' }: { readonly key: string; readonly requestId?: string },
): Promise<TestResponse> =>
  server.send(route.method, call.path, {
    ...(call.body === undefined ? {} : { body: call.body }),
    headers: { 'idempotency-key': key, 'x-request-id': requestId },
    ...call.who,
  })

/** Sends a request whose commit fails. Its audit event has the request id, unlike those of jobs. */
async function sendBroken(
  route: Route,
  call: AuditedCall,
  {
    key,
    when,
    others,
  }: {
    readonly key: string
    readonly when: 'before' | 'afterwards'
    readonly others?: 'cut'
  },
): Promise<TestResponse> {
  const requestId = `req-${randomUUID()}`
  proxy.breakCommit(requestId, when, others)
  return send(route, call, { key, requestId })
}

const countEvents = async (): Promise<number> => {
  const [row] = await readRows(
    { dataDirectory: '', databaseUrl: database.url },
    `select count(*)::int as count from audit_events where actor_type <> 'system'`,
  )
  return Number(row?.['count'])
}

const statusOf = (route: Route, call: AuditedCall) => call.status ?? route.status

describe('when the connection breaks during a commit', () => {
  it.each(audited)(
    '%s, %s: a committed change gets its response, and a repeated request the same one',
    async (_name, action, route) => {
      const call = await prepare(route, action)
      const before = await countEvents()
      const key = randomUUID()
      const response = await sendBroken(route, call, { key, when: 'afterwards' })
      expect([response.status, response.text]).toEqual([statusOf(route, call), response.text])
      const after = await countEvents()
      expect(after - before).toBe(call.actions?.length ?? 1)
      if (!acceptsIdempotencyKey(route)) return
      const again = await send(route, call, { key })
      expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([
        response.status,
        'true',
      ])
      expect(again.body?.id).toBe(response.body?.id)
      expect(await countEvents()).toBe(after)
    },
  )

  it.each(audited)(
    '%s, %s: a change that was not committed returns 503, and a repeated request makes it once',
    async (_name, action, route) => {
      const call = await prepare(route, action)
      const before = await countEvents()
      const key = randomUUID()
      const rejected = await sendBroken(route, call, { key, when: 'before' })
      expect([rejected.status, rejected.body.code]).toEqual([503, 'unavailable'])
      expect(await countEvents()).toBe(before)
      const response = await send(route, call, { key })
      expect([response.status, response.text]).toEqual([statusOf(route, call), response.text])
      expect((await countEvents()) - before).toBe(call.actions?.length ?? 1)
    },
  )
})

describe('when PostgreSQL is unreachable from the commit on', () => {
  const creating = routeList.find(({ operationId }) => operationId === 'createCredential')

  it.each(['before', 'afterwards'] as const)(
    'broken %s the commit, the request gets outcome_unknown, and the same request makes the change once',
    async (when) => {
      if (creating === undefined) throw new Error('no route createCredential')
      const call = await prepare(creating, 'credential.created')
      const before = await countEvents()
      const key = randomUUID()
      const unknown = await sendBroken(creating, call, { key, when, others: 'cut' })
      expect([unknown.status, unknown.body.code]).toEqual([503, 'outcome_unknown'])
      expect(unknown.headers.get('retry-after')).toMatch(/^\d+$/)
      proxy.restore()
      let response: TestResponse | undefined
      await expect
        .poll(async () => {
          response = await send(creating, call, { key })
          return response.status
        }, patience)
        .toBe(201)
      expect(response?.headers.get('idempotent-replayed')).toBe(when === 'before' ? null : 'true')
      expect((await countEvents()) - before).toBe(1)
    },
    60_000,
  )
})
