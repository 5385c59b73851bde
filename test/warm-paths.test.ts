import { StatementSync } from 'node:sqlite'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createContactsApi, createCredential, type Issued, obtainToken } from './support/issue.ts'
import { type Answer, basic, startTestServer, type TestServer } from './support/server.ts'

// What is asked for every request of other people's apis is answered from memory: no row is read.

let server: TestServer
let client: Issued
let token: string
const queries: string[] = []

beforeAll(async () => {
  server = await startTestServer()
  await createContactsApi(server)
  client = await createCredential(server)
  token = await obtainToken(server, client)
  const all = StatementSync.prototype.all
  vi.spyOn(StatementSync.prototype, 'all').mockImplementation(function (
    this: StatementSync,
    ...values
  ) {
    queries.push(this.sourceSQL)
    return all.apply(this, values)
  })
  const query: (...values: unknown[]) => unknown = pg.Client.prototype.query
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...values: unknown[]
  ) {
    queries.push(textOf(values[0]))
    return query.apply(this, values)
  })
})
afterAll(async () => {
  vi.restoreAllMocks()
  await server.close()
})

function textOf(query: unknown): string {
  if (typeof query === 'string') return query
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : ''
}

/** Reads other than those of the change feed, which goes on all the time, and of no request. */
function reads(): string[] {
  return queries.filter((sql) => /^\s*select/i.test(sql) && !/from "changes"/.test(sql))
}

const verify = (body: object) => server.ask('POST', '/v1/verify', { body })
const pair = () => ({ clientId: client.clientId, clientSecret: client.clientSecret })
const form = { grant_type: 'client_credentials' }

const asked: readonly (readonly [string, () => Promise<Answer>])[] = [
  ['a token by Basic', () => server.ask('POST', '/oauth/token', { as: client, form })],
  [
    'a narrower token',
    () =>
      server.ask('POST', '/oauth/token', { as: client, form: { ...form, scope: 'CONTACT_READ' } }),
  ],
  ['verification of a pair', () => verify(pair())],
  ['verification of a Basic header', () => verify({ authorization: basic(client) })],
  ['verification of a secret', () => verify({ authorization: `Bearer ${client.clientSecret}` })],
  ['verification of a token', () => verify({ token })],
  [
    'verification by method and path',
    () => verify({ token, method: 'GET', path: '/v1/contacts/42' }),
  ],
  ['introspection', () => server.ask('POST', '/oauth/introspect', { form: { token } })],
]

it.each(asked)('warm, %s reads no row', async (_, ask) => {
  expect((await ask()).status).toBe(200)
  queries.length = 0
  for (let round = 0; round < 5; round += 1) expect((await ask()).status).toBe(200)
  expect(reads()).toEqual([])
})

it('the count would see a read', async () => {
  queries.length = 0
  await server.ask('GET', `/v1/credentials/${client.id}`)
  expect(reads().length).toBeGreaterThan(0)
})
