import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  createOrganization,
  type IssuedCredential,
  requestToken,
} from '../../../../../test/support/credentials.ts'
import { type Pair, startTestServer, type TestServer } from '../../../../../test/support/server.ts'

const HOUR_MS = 3_600_000
let server: TestServer
let apiId: string

beforeAll(async () => {
  server = await startTestServer()
  apiId = (await createContactsApi(server)).id
})
afterAll(() => server.close())

const verify = (pair: Pair, body: object = {}) =>
  server.send('POST', '/v1/verify', { body: { ...pair, ...body } })
const usage = async (id: string, query = '', as?: Pair) =>
  server.send('GET', `/v1/credentials/${id}/usage${query}`, as === undefined ? {} : { as })

async function writtenTotals(id: string) {
  await server.flushUsage()
  return (await usage(id)).body.totals
}

describe('does', () => {
  it('counts verifications by outcome, valid ones by permission', async () => {
    const { id, clientId, clientSecret } = await createCredential(server, {
      apiId,
      permissions: ['CONTACT_READ', 'EVENT_READ'],
    })
    const pair = { clientId, clientSecret }
    await verify(pair)
    await verify(pair, { permissions: ['CONTACT_READ'] })
    await verify(pair, { permissions: ['CONTACT_READ', 'EVENT_READ'] })
    await verify(pair, { permissions: ['CONTACT_DELETE'] })
    expect(await writtenTotals(id)).toStrictEqual({
      outcomes: { valid: 3, insufficient_permissions: 1 },
      permissions: { CONTACT_READ: 2, EVENT_READ: 1 },
    })
  })

  it('counts each of two hundred concurrent token requests', async () => {
    const issued = await createCredential(server, { apiId })
    await Promise.all(Array.from({ length: 200 }, () => requestToken(server, issued)))
    expect(await writtenTotals(issued.id)).toStrictEqual({
      outcomes: { token_issued: 200 },
      permissions: {},
    })
  })

  it('the credential contains its last use', async () => {
    const issued = await createCredential(server, { apiId })
    expect((await server.send('GET', `/v1/credentials/${issued.id}`)).body.lastUsedAt).toBeNull()
    await requestToken(server, issued)
    await writtenTotals(issued.id)
    const { body } = await server.send('GET', `/v1/credentials/${issued.id}`)
    const at = new Date(server.clock.now()).toISOString()
    expect([body.lastUsedAt, body.lastUsedFrom]).toStrictEqual([at, '127.0.0.1'])
    expect(body.secrets).toMatchObject([{ lastUsedAt: at }])
  })

  it('an attempt with a revoked credential is not a use', async () => {
    const issued = await createCredential(server, { apiId })
    await server.send('POST', `/v1/credentials/${issued.id}/revoke`, { body: {} })
    await verify({ clientId: issued.clientId, clientSecret: issued.clientSecret })
    expect((await writtenTotals(issued.id)).outcomes).toStrictEqual({ revoked: 1 })
    const { body } = await server.send('GET', `/v1/credentials/${issued.id}`)
    expect(body.lastUsedAt).toBeNull()
  })

  it('groups uses by hour and day', async () => {
    const issued = await createCredential(server, { apiId })
    const start = server.clock.now()
    await requestToken(server, issued)
    server.clock.move(HOUR_MS)
    await requestToken(server, issued)
    server.clock.move(24 * HOUR_MS)
    await requestToken(server, issued)
    await writtenTotals(issued.id)
    const counts = async (interval: string) => {
      const from = new Date(start - HOUR_MS).toISOString()
      const { body } = await usage(issued.id, `?interval=${interval}&from=${from}`)
      return body.buckets.map(
        (bucket: { outcomes: { token_issued?: number } }) => bucket.outcomes.token_issued ?? 0,
      )
    }
    expect(await counts('day')).toStrictEqual([2, 1])
    const hours = await counts('hour')
    expect(hours).toStrictEqual([0, 1, 1, ...Array(23).fill(0), 1])
  })

  it('counts survive a restart', async () => {
    const issued = await createCredential(server, { apiId })
    await requestToken(server, issued)
    await server.restart()
    const { body } = await usage(issued.id)
    expect(body.totals.outcomes).toStrictEqual({ token_issued: 1 })
  })
})

describe('rejects', () => {
  it('another organization’s credential, as if it did not exist', async () => {
    const other = await createOrganization(server, 'Other')
    const ours: IssuedCredential = await createCredential(server, { apiId })
    const foreign = await usage(ours.id, '', other.manager)
    const none = await usage('cred_none', '', other.manager)
    expect([foreign.status, none.status]).toStrictEqual([404, 404])
    expect({ ...foreign.body, instance: '' }).toStrictEqual({ ...none.body, instance: '' })
  })

  it('an empty or too long range', async () => {
    const issued = await createCredential(server, { apiId })
    for (const query of [
      '?from=2027-03-02T00:00:00Z&to=2027-03-01T00:00:00Z',
      '?from=2020-03-02T00:00:00Z',
      '?interval=hour&from=2027-01-01T00:00:00Z&to=2027-03-01T00:00:00Z',
      '?interval=week',
    ]) {
      const rejected = await usage(issued.id, query)
      expect([rejected.status, rejected.body.code]).toStrictEqual([400, 'invalid_request'])
    }
  })
})
