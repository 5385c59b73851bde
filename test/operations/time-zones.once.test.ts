import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContactsApi } from '../support/credentials.ts'
import { basic, type Pair, startTestServer, type TestServer } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'
import { readVectors } from '../support/vectors.ts'

// The local time zone has no effect. Instants are strict RFC 3339.

const DAY_MS = 86_400_000

describe('a machine’s time zone changes nothing', () => {
  it.each(['Pacific/Apia', 'America/New_York', 'Australia/Lord_Howe'])('%s', async (zone) => {
    const directory = newDirectory()
    const server = await startServerProcess({ ...firstStartEnv(directory), TZ: zone })
    try {
      const send = client(server, readManager(directory))
      const apis = await send('GET', '/v1/apis?slug=keyporter')
      const base = { name: 'Zoned', apiId: apis.body.data[0].id, permissions: ['API_READ'] }
      const { status, body } = await send('POST', '/v1/credentials', base)
      expect(status).toBe(201)
      // Days have 24 hours, also across a change to summer time.
      expect(Date.parse(body.expiresAt) - Date.parse(body.createdAt)).toBe(90 * DAY_MS)
      expect(Math.abs(Date.parse(body.createdAt) - Date.now())).toBeLessThan(60_000)
      for (const name of ['createdAt', 'updatedAt', 'expiresAt']) {
        expect(body[name]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      }
      // The current calendar year in UTC, read after the response.
      const year = new Date()
      year.setUTCFullYear(year.getUTCFullYear() + 1)
      const within = await send('POST', '/v1/credentials', {
        ...base,
        expiresAt: year.toISOString(),
      })
      expect([within.status, within.body.expiresAt]).toEqual([201, year.toISOString()])
      const beyond = new Date(year.getTime() + DAY_MS).toISOString()
      const rejected = await send('POST', '/v1/credentials', { ...base, expiresAt: beyond })
      expect(rejected.body.errors[0]).toMatchObject({ pointer: '/expiresAt', code: 'too_big' })

      const usage = await send('GET', `/v1/credentials/${body.id}/usage`)
      for (const { start } of usage.body.buckets ?? usage.body.data) {
        expect(start).toMatch(/T00:00:00\.000Z$/)
      }
    } finally {
      await server.end('SIGKILL')
    }
  })
})

describe('an expiry', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
    await createContactsApi(server)
  })
  afterAll(() => server.close())

  type Suite = { tests: { description: string; data: unknown; valid: boolean }[] }[]
  /**
   * Valid in RFC 3339, but rejected: the clock counts no leap seconds, and nine fraction digits are
   * the limit.
   */
  const UNSUPPORTED = /:60|\.\d{10}/

  it('is an RFC 3339 instant or is rejected, for everything in the date-time suite', async (ctx) => {
    const suite = readVectors<Suite>(ctx, 'formats', 'date-time.json')
    const tests = suite.flatMap((part) => part.tests)
    expect(tests.length).toBeGreaterThan(20)
    for (const { data: expiresAt, valid } of tests) {
      const { status, body } = await server.send('POST', '/v1/credentials', {
        body: { name: 'Test', permissions: 'all', expiresAt },
      })
      const code = body.errors?.find(
        ({ pointer }: { pointer: string }) => pointer === '/expiresAt',
      )?.code
      const isInstant = code === 'too_small' || code === 'too_big' || status === 201
      const expected = valid && typeof expiresAt === 'string' && !UNSUPPORTED.test(expiresAt)
      expect([expiresAt, status, isInstant]).toEqual([expiresAt, 400, expected])
    }
  })
})

function client(server: ServerProcess, manager: Pair) {
  return async (method: string, path: string, body?: object) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: basic(manager), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }
}
