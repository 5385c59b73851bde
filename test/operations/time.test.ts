import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  type IssuedCredential,
  requestToken,
} from '../support/credentials.ts'
import { addPerson } from '../support/people.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { readTables } from '../support/tables.ts'

// The limits of an expiry are tested beside `issued/credentials/rules.ts`.

const START = '2027-03-01T12:00:00.000Z'
const MINUTE_MS = 60_000

let server: TestServer
let apiId: string

beforeAll(async () => {
  server = await startTestServer()
  apiId = (await createContactsApi(server)).id
})
afterEach(() => server.clock.setTo(START))
afterAll(() => server.close())

const at = (ms: number) => new Date(ms).toISOString()
const form = { grant_type: 'client_credentials' }

/** Returns the status that each endpoint reports for a credential and its token at this instant. */
async function readStatuses(credential: IssuedCredential, token: string) {
  const verify = async (body: object) =>
    (await server.send('POST', '/v1/verify', { body })).body.code
  const list = async (status: string) => {
    const { body } = await server.send('GET', `/v1/credentials?status=${status}&limit=100`)
    return body.data.some(({ id }: { id: string }) => id === credential.id)
  }
  const { clientId, clientSecret } = credential
  return {
    newToken: (await server.send('POST', '/oauth/token', { as: credential, form })).status,
    pair: await verify({ clientId, clientSecret }),
    secret: await verify({ authorization: `Bearer ${clientSecret}` }),
    token: await verify({ token }),
    introspection: (await server.send('POST', '/oauth/introspect', { form: { token } })).body
      .active,
    status: (await server.send('GET', `/v1/credentials/${credential.id}`)).body.status,
    listedAsActive: await list('active'),
    listedAsExpired: await list('expired'),
  }
}

describe('a credential', () => {
  it('is valid until the last millisecond before its expiry, at every endpoint', async () => {
    const expiresAt = Date.parse(START) + 90 * MINUTE_MS
    const credential = await createCredential(server, { apiId, expiresAt: at(expiresAt) })
    server.clock.setTo(at(expiresAt - 30 * MINUTE_MS))
    const token = await requestToken(server, credential)

    server.clock.setTo(at(expiresAt - 1))
    expect(await readStatuses(credential, token)).toEqual({
      newToken: 200,
      pair: 'valid',
      secret: 'valid',
      token: 'valid',
      introspection: true,
      status: 'active',
      listedAsActive: true,
      listedAsExpired: false,
    })
    server.clock.setTo(at(expiresAt))
    expect(await readStatuses(credential, token)).toEqual({
      newToken: 401,
      pair: 'expired',
      secret: 'expired',
      token: 'expired',
      introspection: false,
      status: 'expired',
      listedAsActive: false,
      listedAsExpired: true,
    })
    const { body } = await server.send('GET', `/v1/credentials/${credential.id}`)
    expect([body.endedAt, body.activeSeconds]).toEqual([at(expiresAt), 90 * 60])
    const change = await server.send('PATCH', `/v1/credentials/${credential.id}`, {
      body: { notes: 'Too late' },
    })
    expect([change.status, change.body.code]).toEqual([409, 'credential_not_modifiable'])
  })

  it('of the management API is valid equally long', async () => {
    const builtIn = (await server.send('GET', '/v1/apis?slug=keyporter')).body.data[0].id
    const expiresAt = Date.parse(START) + MINUTE_MS
    const credential = await createCredential(server, {
      apiId: builtIn,
      permissions: ['API_READ'],
      expiresAt: at(expiresAt),
    })
    const token = await requestToken(server, credential)
    const statuses = async () =>
      Promise.all(
        [credential, credential.clientSecret, token].map(
          async (as) => (await server.send('GET', '/v1/apis', { as })).status,
        ),
      )
    server.clock.setTo(at(expiresAt - 1))
    expect(await statuses()).toEqual([200, 200, 200])
    server.clock.setTo(at(expiresAt))
    expect(await statuses()).toEqual([401, 401, 401])
  })
})

describe('a token', () => {
  it('expires before its credential, at the second in its claims', async () => {
    const credential = await createCredential(server, { apiId })
    // In the middle of a second: token lifetimes are whole seconds, rounded down.
    server.clock.setTo('2027-03-01T12:00:00.750Z')
    const { body } = await server.send('POST', '/oauth/token', { as: credential, form })
    expect(body.expires_in).toBe(3_600)
    const endsAt = Date.parse('2027-03-01T13:00:00.000Z')
    const active = async () => ({
      introspection: (
        await server.send('POST', '/oauth/introspect', { form: { token: body.access_token } })
      ).body,
      verification: (
        await server.send('POST', '/v1/verify', { body: { token: body.access_token } })
      ).body,
    })
    server.clock.setTo(at(endsAt - 1))
    expect(await active()).toMatchObject({
      introspection: { active: true, exp: endsAt / 1_000, iat: endsAt / 1_000 - 3_600 },
      verification: { valid: true, expiresAt: at(endsAt) },
    })
    server.clock.setTo(at(endsAt))
    expect(await active()).toMatchObject({
      introspection: { active: false },
      verification: { valid: false, code: 'expired' },
    })
  })
})

describe('the clock of the program', () => {
  it('is the only clock: no stored instant comes from the machine or the database', async () => {
    const then = Date.parse('2035-05-05T05:05:05.555Z')
    const other = await startTestServer({ overrides: { clock: { now: () => then } } })
    try {
      const { id } = await createContactsApi(other)
      const credential = await createCredential(other, { apiId: id })
      const token = await requestToken(other, credential)
      await other.send('POST', '/oauth/revoke', { as: credential, form: { token } })
      await other.send('POST', `/v1/credentials/${credential.id}/revoke`, { body: {} })
      const person = await addPerson(other)
      await person.send('DELETE', '/v1/session')
      const headers = { 'idempotency-key': 'once' }
      await other.send('POST', '/v1/organizations', { body: { name: 'Once' }, headers })
      const { schema_versions: _program, ...tables } = await readTables(other)
      const instants = Object.entries(tables).flatMap(([table, rows]) =>
        rows.flatMap((row) =>
          Object.entries(row)
            .filter(([column, value]) => /(^|_)at$/.test(column) && value !== null)
            .map(([column, value]) => [`${table}.${column}`, Number(value)] as const),
        ),
      )
      expect(new Set(instants.map(([column]) => column)).size).toBeGreaterThan(20)
      const expiries = instants.filter(([column]) => column.endsWith('.expires_at'))
      for (const [column, value] of expiries) expect([column, value > then]).toEqual([column, true])
      const others = instants.filter(([column]) => !column.endsWith('.expires_at'))
      for (const instant of others) expect(instant).toEqual([instant[0], then])
    } finally {
      await other.close()
    }
  })

  it('can be later than 2038: seconds above 2^31 are valid', async () => {
    const other = await startTestServer({
      overrides: { clock: { now: () => Date.parse('2038-01-19T03:14:08.000Z') } },
    })
    try {
      const { id } = await createContactsApi(other)
      const credential = await createCredential(other, { apiId: id })
      expect(credential.expiresAt).toBe('2038-04-19T03:14:08.000Z')
      const token = await requestToken(other, credential)
      const { body } = await other.send('POST', '/oauth/introspect', { form: { token } })
      expect(body).toMatchObject({ active: true, iat: 2 ** 31, exp: 2 ** 31 + 3_600 })
      const listed = await other.send('GET', '/v1/credentials?status=active')
      expect(listed.body.data.map((one: { id: string }) => one.id)).toContain(credential.id)
    } finally {
      await other.close()
    }
  })
})
