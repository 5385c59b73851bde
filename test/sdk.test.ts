import { createKeyporter, createTokenSource, versionOf } from '@keyporter/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContactsApi, createOrganization } from './support/credentials.ts'
import { startTestServer, type TestServer } from './support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ fakeClock: false })
  await createContactsApi(server)
})
afterAll(() => server.close())

const client = (options: object = {}) =>
  createKeyporter({ baseUrl: server.url, ...server.manager, ...options })

describe.each(['token', 'basic'] as const)(
  'a client that authenticates by %s',
  (authentication) => {
    it('creates, gets, changes and revokes a credential', async () => {
      const keyporter = client({ authentication })
      const created = await keyporter.credentials.create({ name: 'Zeus', permissions: 'all' })
      expect(created.clientSecret).toMatch(/^kp_live_/)
      const got = await keyporter.credentials.get({ id: created.id })
      expect(got).toMatchObject({ id: created.id, status: 'active' })
      expect(got).not.toHaveProperty('clientSecret')
      const changed = await keyporter.credentials.update({ id: created.id, notes: 'n' })
      expect(changed.notes).toBe('n')
      const revoked = await keyporter.credentials.revoke({ id: created.id, reason: 'test' })
      expect(revoked.status).toBe('revoked')
      await expect(keyporter.credentials.revoke({ id: created.id })).rejects.toMatchObject({
        code: 'already_revoked',
        status: 409,
        requestId: expect.stringMatching(/^req_/),
      })
    })
  },
)

describe('a client', () => {
  it('does not overwrite a concurrent change', async () => {
    const keyporter = client()
    const { id } = await keyporter.credentials.create({ name: 'Hera', permissions: 'all' })
    const current = await keyporter.credentials.get({ id })
    const version = versionOf(current)
    expect(version).toBeTypeOf('number')
    await keyporter.credentials.update({ id, notes: 'first' }, { version })
    await expect(
      keyporter.credentials.update({ id, notes: 'second' }, { version }),
    ).rejects.toMatchObject({ code: 'precondition_failed', status: 412 })
  })

  it('creates one credential for requests with the same idempotency key', async () => {
    const keyporter = client()
    const options = { idempotencyKey: 'once' }
    const first = await keyporter.credentials.create({ name: 'Ares', permissions: 'all' }, options)
    const again = await keyporter.credentials.create({ name: 'Ares', permissions: 'all' }, options)
    expect([again.id, again.clientSecret]).toStrictEqual([first.id, null])
    await expect(
      keyporter.credentials.create({ name: 'Eris', permissions: 'all' }, options),
    ).rejects.toMatchObject({ code: 'idempotency_key_reused' })
  })

  it('iterates over every page', async () => {
    const keyporter = client()
    for (let count = 0; count < 5; count += 1)
      await keyporter.credentials.create({ name: `Muse ${count}`, permissions: 'all' })
    const names: string[] = []
    for await (const { name } of keyporter.credentials.list({ q: 'Muse', limit: 2, sort: 'name' }))
      names.push(name)
    expect(names).toStrictEqual(['Muse 0', 'Muse 1', 'Muse 2', 'Muse 3', 'Muse 4'])
  })

  it('acts for another organization', async () => {
    const other = await createOrganization(server, 'Other')
    const theirs = client({ organizationId: other.id })
    const created = await theirs.credentials.create({ name: 'Theirs', permissions: ['EVENT_READ'] })
    expect(created.organizationId).toBe(other.id)
    await expect(client().credentials.get({ id: created.id })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('gets invalid_client after its credential is revoked', async () => {
    const builtIn = await client().apis.list({ slug: 'keyporter' })
    const made = await client().credentials.create({
      name: 'Short',
      apiId: builtIn.data[0]?.id,
      permissions: ['API_READ'],
    })
    const pair = { clientId: made.clientId, clientSecret: made.clientSecret ?? '' }
    const short = createKeyporter({ baseUrl: server.url, ...pair })
    await short.apis.list()
    await client().credentials.revoke({ id: made.id })
    await expect(short.apis.list()).rejects.toMatchObject({ code: 'invalid_client', status: 401 })
  })
})

describe('a token source', () => {
  it('returns tokens with the requested scope', async () => {
    const made = await client().credentials.create({ name: 'Hermes', permissions: 'all' })
    const source = createTokenSource({
      baseUrl: server.url,
      clientId: made.clientId,
      clientSecret: made.clientSecret ?? '',
      scope: ['CONTACT_READ'],
    })
    const token = await source.token()
    const verdict = await client().verification.verify({ token, permissions: ['CONTACT_READ'] })
    expect(verdict).toMatchObject({ valid: true, permissions: ['CONTACT_READ'] })
    expect(await source.token()).toBe(token)
  })
})
