import { acceptsIdempotencyKey, routeList, routes } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrganization } from '../support/credentials.ts'
import { runSql } from '../support/raw-sql.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import {
  type Pair,
  startTestServer,
  type TestResponse,
  type TestServer,
} from '../support/server.ts'

// A request repeated with the same Idempotency-Key takes effect once, and its secret is returned once.

let server: TestServer
let requests: RouteRequests
let other: { readonly id: string; readonly manager: Pair }

beforeAll(async () => {
  server = await startTestServer()
  requests = await prepareRequests(server)
  other = await createOrganization(server, 'Another')
})
afterAll(() => server.close())

/** A claim without a change is replaced after this time. */
const CLAIM_MS = 2 * 60_000

let count = 0
const newKey = () => `key-${(count += 1)}`

const body = () => ({ name: 'Once', permissions: 'all', apiId: requests.ids['apis'] })
const create = (
  key: string,
  sent: object = body(),
  as: Pair = server.manager,
): Promise<TestResponse> =>
  server.send('POST', '/v1/credentials', { as, body: sent, headers: { 'idempotency-key': key } })

async function countNamed(name: string): Promise<number> {
  const { body: list } = await server.send('GET', `/v1/credentials?limit=100&q=${name}`)
  return list.data.length
}

/** Leaves the claim of a request that stopped before its change, as after a crash. */
async function interrupt(key: string, sent: object): Promise<void> {
  const { id } = (await create(key, sent)).body
  await runSql(
    server,
    `update idempotency_keys set status = null, body = null, target_id = null where idempotency_keys.key = '${key}'`,
    `update credentials set name = 'x', name_key = 'x' where id = '${id}'`,
  )
}

/** Fields that are named like a secret but contain a flag or the address of a consent page. */
const harmless = new Set(['createIntegration secret', 'authorizeConnection url'])

describe('the same request under the same key', () => {
  it('replays the first response without the secret, and has no effect', async () => {
    const key = newKey()
    const sent = { ...body(), name: 'Twin' }
    const first = await create(key, sent)
    const second = await create(key, sent)
    expect([first.status, second.status]).toEqual([201, 201])
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    expect(first.body.clientSecret).toEqual(expect.any(String))
    expect(second.body).toEqual({ ...first.body, clientSecret: null })
    expect(second.text).not.toContain(first.body.clientSecret)
    expect(await countNamed('Twin')).toBe(1)
  })

  it.each(
    routeList.filter(acceptsIdempotencyKey).map((route) => [route.operationId, route] as const),
  )('is replayed by %s, with its secrets redacted', async (_operation, route) => {
    const { path, body: sent, who } = await requests.create(route)
    const send = () =>
      server.send(route.method, path, {
        ...(sent === undefined ? {} : { body: sent }),
        ...who,
        headers: { 'idempotency-key': `for-${route.operationId}` },
      })
    const first = await send()
    expect([first.status, first.text]).toEqual([route.status, first.text])
    const second = await send()
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([
      route.status,
      'true',
    ])
    const names = ['clientSecret', 'url', 'secret', 'recoveryCodes']
    for (const secret of names.filter((name) => !harmless.has(`${route.operationId} ${name}`)))
      expect(second.text).not.toMatch(new RegExp(`"${secret}":(?!null)`))
  })

  it('is not replayed for a signature, which is computed again and stored nowhere', async () => {
    const route = routes.calls.sign
    const { path, body: sent } = await requests.create(route)
    const send = () =>
      server.send(route.method, path, {
        ...(sent === undefined ? {} : { body: sent }),
        headers: { 'idempotency-key': 'for-a-signature' },
      })
    for (const response of [await send(), await send()]) {
      expect([response.status, response.headers.get('idempotent-replayed')]).toEqual([200, null])
    }
  })

  it('takes effect once when sent in parallel; the others are rejected with 409 or replayed', async () => {
    const key = newKey()
    const sent = { ...body(), name: 'Racer' }
    const responses = await Promise.all(Array.from({ length: 12 }, () => create(key, sent)))
    const fresh = responses.filter(
      (one) => one.status === 201 && one.headers.get('idempotent-replayed') === null,
    )
    expect(fresh).toHaveLength(1)
    for (const one of responses.filter((response) => !fresh.includes(response))) {
      if (one.status === 409) expect(one.body.code).toBe('idempotency_in_flight')
      else
        expect([one.status, one.body.clientSecret, one.body.id]).toEqual([
          201,
          null,
          fresh[0]?.body.id,
        ])
    }
    expect(await countNamed('Racer')).toBe(1)
  })

  it('can be corrected and sent again after it was rejected', async () => {
    const key = newKey()
    expect((await create(key, { ...body(), permissions: ['NOT_THERE'] })).status).toBe(400)
    expect((await create(key)).status).toBe(201)
  })

  it('is executed again two minutes after an interruption before the change', async () => {
    const key = newKey()
    const sent = { ...body(), name: 'Interrupted' }
    await interrupt(key, sent)
    expect((await create(key, sent)).status).toBe(409)
    server.clock.move(CLAIM_MS)
    const responses = await Promise.all(Array.from({ length: 4 }, () => create(key, sent)))
    expect(responses.filter(({ status }) => status === 201).length).toBeGreaterThan(0)
    expect(await countNamed('Interrupted')).toBe(1)
    expect((await create(key, sent)).headers.get('idempotent-replayed')).toBe('true')
  })

  it('names the changed resource when its response was lost', async () => {
    const key = newKey()
    const sent = { ...body(), name: 'Lost' }
    const { id } = (await create(key, sent)).body
    await runSql(
      server,
      `update idempotency_keys set status = null, body = null where idempotency_keys.key = '${key}'`,
    )
    server.clock.move(CLAIM_MS)
    const again = await create(key, sent)
    expect([again.status, again.body.code]).toEqual([409, 'idempotency_in_flight'])
    expect(again.body.detail).toContain(id)
    expect(await countNamed('Lost')).toBe(1)
  })

  it('is not replayed to a caller that lost the permission', async () => {
    const key = newKey()
    const { body: apis } = await server.send('GET', '/v1/apis?slug=keyporter')
    const maker = await server.send('POST', '/v1/credentials', {
      body: {
        name: 'Maker',
        apiId: apis.data[0].id,
        permissions: ['CREDENTIAL_READ', 'CREDENTIAL_WRITE', 'API_READ'],
      },
    })
    expect((await create(key, body(), maker.body)).status).toBe(201)
    await server.send('PATCH', `/v1/credentials/${maker.body.id}`, {
      body: { permissions: ['API_READ'] },
    })
    expect((await create(key, body(), maker.body)).status).toBe(403)
  })
})

describe('a key', () => {
  it('belongs to one request: another body, query or path is rejected with 422', async () => {
    const key = newKey()
    const first = await create(key)
    expect(first.status).toBe(201)
    const headers = { 'idempotency-key': key }
    const others = [
      await create(key, { ...body(), name: 'Other' }),
      await create(key, { ...body(), extra: 1 }),
      await server.send('POST', '/v1/credentials', {
        body: `${JSON.stringify(body())} `,
        headers,
      }),
      await server.send('POST', `/v1/credentials?organizationId=${server.operatorId}`, {
        body: body(),
        headers,
      }),
      await server.send('POST', `/v1/credentials/${first.body.id}/revoke`, { body: {}, headers }),
    ]
    expect(others.map(({ status }) => status)).toEqual([422, 400, 422, 422, 422])
    expect(others[0]?.body.code).toBe('idempotency_key_reused')
    const { body: kept } = await server.send('GET', `/v1/credentials/${first.body.id}`)
    expect(kept.status).toBe('active')
  })

  it('belongs to one caller: the same key of another caller is independent', async () => {
    const key = newKey()
    const sent = { ...body(), name: 'Mine' }
    const first = await create(key, sent)
    const theirs = await create(key, sent, other.manager)
    expect([first.status, theirs.status]).toEqual([201, 201])
    expect(theirs.headers.get('idempotent-replayed')).toBeNull()
    expect(theirs.body).toMatchObject({ organizationId: other.id })
    expect(theirs.body.id).not.toBe(first.body.id)
    expect((await create(key, { ...sent, name: 'Theirs' }, other.manager)).status).toBe(422)
  })

  it('can be reused after 24 hours', async () => {
    const key = newKey()
    const first = await create(key)
    server.clock.move(24 * 3_600_000 - 1)
    expect((await create(key)).headers.get('idempotent-replayed')).toBe('true')
    server.clock.move(1)
    const later = await create(key)
    expect([later.status, later.headers.get('idempotent-replayed')]).toEqual([201, null])
    expect(later.body.id).not.toBe(first.body.id)
  })

  it.each([
    ['empty', ''],
    ['256 characters long', 'k'.repeat(256)],
    ['with a space', 'a b'],
    ['beyond ASCII', 'schl\u00fcssel'],
  ])('that is %s is rejected with 400, and the request has no effect', async (_name, key) => {
    const response = await create(key, { ...body(), name: 'Never' })
    expect([response.status, response.body.code]).toEqual([400, 'invalid_request'])
    expect(await countNamed('Never')).toBe(0)
  })

  it('of up to 255 visible ASCII characters is accepted', async () => {
    for (const key of ['k'.repeat(255), `'"\\;--%00{}[]<>|&$()`, '../../x']) {
      expect((await create(key)).status).toBe(201)
      expect((await create(key)).headers.get('idempotent-replayed')).toBe('true')
    }
  })

  it('sent twice is rejected with 400', async () => {
    const response = await server.send('POST', '/v1/credentials', {
      body: body(),
      headers: { 'idempotency-key': 'a, b' },
    })
    expect(response.status).toBe(400)
  })
})
