import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  createOrganization,
  type IssuedCredential,
  requestToken,
} from '../../../../../test/support/credentials.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'

let server: TestServer
let other: Awaited<ReturnType<typeof createOrganization>>

beforeAll(async () => {
  server = await startTestServer()
  await createContactsApi(server)
  other = await createOrganization(server, 'Other')
})
afterAll(() => server.close())

const revoke = ({ id }: { id: string }, body: object = {}, options: object = {}) =>
  server.send('POST', `/v1/credentials/${id}/revoke`, { body, ...options })
const isGood = async (asked: object) =>
  (await server.send('POST', '/v1/verify', { body: { permissions: [], ...asked } })).body.valid

describe('does', () => {
  it('a revocation records instant, actor and reason', async () => {
    const credential = await createCredential(server)
    server.clock.move(5_000)
    const response = await revoke(credential, { reason: 'Leaked in a log' })
    expect(response.status).toBe(200)
    const at = new Date(server.clock.now()).toISOString()
    expect(response.body).toMatchObject({
      id: credential.id,
      status: 'revoked',
      revokedAt: at,
      endedAt: at,
      updatedAt: at,
      activeSeconds: 5,
      revokedBy: { type: 'credential' },
      revokedReason: 'Leaked in a log',
    })
    expect(response.body.permissions).toEqual(credential.scope.split(' '))
    server.clock.move(60_000)
    const { body } = await server.send('GET', `/v1/credentials/${credential.id}`)
    expect(body).toEqual(response.body)
  })

  it('a revoked credential cannot mint tokens, and its existing tokens are rejected immediately', async () => {
    const { id, clientId, clientSecret } = await createCredential(server)
    const token = await requestToken(server, { clientId, clientSecret })
    expect([await isGood({ token }), await isGood({ clientId, clientSecret })]).toEqual([
      true,
      true,
    ])
    await revoke({ id })
    expect([await isGood({ token }), await isGood({ clientId, clientSecret })]).toEqual([
      false,
      false,
    ])
    await expect(requestToken(server, { clientId, clientSecret })).rejects.toThrow('invalid_client')
  })

  it('an expired credential can be revoked; its end stays its expiry', async () => {
    const expiresAt = new Date(server.clock.now() + 10_000).toISOString()
    const credential = await createCredential(server, { expiresAt })
    server.clock.move(20_000)
    const { status, body } = await revoke(credential)
    expect(status).toBe(200)
    expect(body).toMatchObject({ status: 'revoked', endedAt: expiresAt, activeSeconds: 10 })
  })

  it('a revocation without a reason has none', async () => {
    expect((await revoke(await createCredential(server))).body.revokedReason).toBeNull()
    expect(
      (await revoke(await createCredential(server), { reason: '' })).body.revokedReason,
    ).toBeNull()
  })

  it('of concurrent revocations one succeeds, and the others fail with already_revoked', async () => {
    const credential = await createCredential(server)
    const responses = await Promise.all(Array.from({ length: 12 }, () => revoke(credential)))
    const statuses = responses.map(({ status }) => status).sort((a, b) => a - b)
    expect(statuses).toEqual([200, ...Array.from({ length: 11 }, () => 409)])
    const { body } = await server.send('GET', `/v1/audit-events?targetId=${credential.id}`)
    expect(body.data).toHaveLength(2)
  })

  it('a concurrent update never reactivates a revoked credential', async () => {
    const credential = await createCredential(server)
    await Promise.all([
      revoke(credential),
      ...Array.from({ length: 5 }, (_, at) =>
        server.send('PATCH', `/v1/credentials/${credential.id}`, { body: { name: `Race ${at}` } }),
      ),
    ])
    const { body } = await server.send('GET', `/v1/credentials/${credential.id}`)
    expect(body.status).toBe('revoked')
  })

  it('a repeated request with an idempotency key replays the response', async () => {
    const credential = await createCredential(server)
    const options = { headers: { 'idempotency-key': 'revoke-once' } }
    const first = await revoke(credential, {}, options)
    const again = await revoke(credential, {}, options)
    expect([first.status, again.status]).toEqual([200, 200])
    expect(again.body).toEqual(first.body)
  })
})

describe('rejects', () => {
  it('a second revocation', async () => {
    const credential = await createCredential(server)
    await revoke(credential, { reason: 'first' })
    const response = await revoke(credential, { reason: 'second' })
    expect([response.status, response.body.code]).toEqual([409, 'already_revoked'])
    const { body } = await server.send('GET', `/v1/credentials/${credential.id}`)
    expect(body.revokedReason).toBe('first')
  })

  it('an outdated version', async () => {
    const credential = await createCredential(server)
    await server.send('PATCH', `/v1/credentials/${credential.id}`, { body: { name: 'Changed' } })
    const response = await revoke(credential, {}, { headers: { 'if-match': '"1"' } })
    expect([response.status, response.body.code]).toEqual([412, 'precondition_failed'])
    expect((await revoke(credential, {}, { headers: { 'if-match': '"2"' } })).status).toBe(200)
  })

  it('a reason of 251 characters', async () => {
    const response = await revoke(await createCredential(server), { reason: 'r'.repeat(251) })
    expect([response.status, response.body.errors[0].pointer]).toEqual([400, '/reason'])
  })

  it('another organization’s credential, as if it did not exist', async () => {
    const credential: IssuedCredential = await createCredential(server)
    const foreign = await revoke(credential, {}, { as: other.manager })
    const absent = await revoke(
      { id: 'cred_01jd0000000000000000000000' },
      {},
      { as: other.manager },
    )
    expect([foreign.status, { ...foreign.body, instance: '' }]).toEqual([
      404,
      { ...absent.body, instance: '' },
    ])
    expect(await isGood(credentialPair(credential))).toBe(true)
  })

  it('a caller without the permission, which is named, and changes nothing', async () => {
    const credential = await createCredential(server)
    const as = await requestToken(server, server.manager, { scope: 'CREDENTIAL_READ' })
    const response = await revoke(credential, {}, { as })
    expect([response.status, response.body.code]).toEqual([403, 'insufficient_permissions'])
    expect(await isGood(credentialPair(credential))).toBe(true)
  })
})

describe('records', () => {
  it('one event with actor, target, instant and reason', async () => {
    const credential = await createCredential(server, { name: 'Recorded' })
    await revoke(credential, { reason: 'No longer needed' })
    const { body } = await server.send('GET', `/v1/audit-events?targetId=${credential.id}&limit=1`)
    expect(body.data[0]).toMatchObject({
      action: 'credential.revoked',
      at: new Date(server.clock.now()).toISOString(),
      actor: { type: 'credential' },
      target: { type: 'credential', id: credential.id, name: 'Recorded' },
      organizationId: server.operatorId,
      outcome: 'success',
      reason: 'No longer needed',
      ip: '127.0.0.1',
      requestId: expect.stringMatching(/^req_/),
    })
  })
})

function credentialPair({ clientId, clientSecret }: IssuedCredential) {
  return { clientId, clientSecret }
}
