import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  type IssuedCredential,
  requestToken,
} from '../support/credentials.ts'
import {
  acceptInvitation,
  addPerson,
  invitePerson,
  PASSWORD,
  signIn,
  trySignIn,
} from '../support/people.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'

// The clock jumps far ahead while the program runs, and is then corrected.

const DAY_MS = 86_400_000
const JUMP_MS = 400 * DAY_MS

let server: TestServer
let apiId: string

beforeEach(async () => {
  server = await startTestServer()
  apiId = (await createContactsApi(server)).id
})
afterEach(() => server.close())

const form = { grant_type: 'client_credentials' }
const verifyPair = async ({ clientId, clientSecret }: IssuedCredential) =>
  (await server.send('POST', '/v1/verify', { body: { clientId, clientSecret } })).body.code
const isActive = async (token: string) =>
  (await server.send('POST', '/oauth/introspect', { form: { token } })).body.active
const tokenStatus = async (as: IssuedCredential) =>
  (await server.send('POST', '/oauth/token', { as, form })).status

describe('after a jump ahead and back', () => {
  it('revoked, expired and used objects stay so, and valid objects stay valid', async () => {
    const active = await createCredential(server, { apiId })
    const revoked = await createCredential(server, { apiId })
    const tokens = [await requestToken(server, active), await requestToken(server, active)] as const
    const [revokedToken, kept] = tokens
    const tokenOfRevoked = await requestToken(server, revoked)
    await server.send('POST', '/oauth/revoke', { as: active, form: { token: revokedToken } })
    await server.send('POST', `/v1/credentials/${revoked.id}/revoke`, { body: {} })
    const { code } = await invitePerson(server, { email: 'ada@example.org' })
    await acceptInvitation(server, code)
    const person = await signIn(server, 'ada@example.org')
    await person.send('DELETE', '/v1/session')

    server.clock.move(JUMP_MS)
    expect(await tokenStatus(active)).toBe(401)
    expect((await person.send('GET', '/v1/session')).status).toBe(401)

    server.clock.move(-JUMP_MS)
    expect(await verifyPair(active)).toBe('valid')
    expect(await tokenStatus(active)).toBe(200)
    expect(await isActive(kept)).toBe(true)
    expect(await isActive(revokedToken)).toBe(false)
    expect(await isActive(tokenOfRevoked)).toBe(false)
    expect(await verifyPair(revoked)).toBe('revoked')
    expect(await tokenStatus(revoked)).toBe(401)
    expect((await person.send('GET', '/v1/session')).status).toBe(401)
    const again = await server.send('POST', '/v1/invitations/accept', {
      as: null,
      body: { code, password: PASSWORD },
    })
    expect([again.status, again.body.code]).toEqual([401, 'invalid_code'])
    await server.restart()
    expect(await isActive(revokedToken)).toBe(false)
    expect(await verifyPair(revoked)).toBe('revoked')
  })

  it('objects from the future exist, within their limits, and the audit chain verifies', async () => {
    await addPerson(server, {
      email: 'owner@example.org',
      privileges: ['credentials.view', 'credentials.manage'],
    })
    server.clock.move(JUMP_MS)
    const person = await signIn(server, 'owner@example.org')
    const made: TestResponse = await person.send('POST', '/v1/credentials', {
      body: { name: 'Early', permissions: 'all', apiId },
    })
    expect(made.status).toBe(201)
    server.clock.move(-JUMP_MS)
    const { body } = await server.send('GET', `/v1/credentials/${made.body.id}`)
    expect(body).toMatchObject({ status: 'active', activeSeconds: 0, endedAt: null })
    expect(await tokenStatus(made.body)).toBe(200)
    const change = await server.send('PATCH', `/v1/credentials/${made.body.id}`, {
      body: { notes: 'Back again' },
    })
    expect(change.status).toBe(200)
    const revoked = await server.send('POST', `/v1/credentials/${made.body.id}/revoke`, {
      body: {},
    })
    expect(revoked.body).toMatchObject({ status: 'revoked', activeSeconds: 0 })
    expect((await server.send('GET', '/v1/audit-events/verify')).body).toMatchObject({
      intact: true,
    })
  })

  it('tokens are signed and verified as before, even when the key was rotated in the future', async () => {
    const credential = await createCredential(server, { apiId })
    const before = await requestToken(server, credential)
    await addPerson(server, { email: 'keys@example.org', privileges: ['apis.manage'] })
    server.clock.move(JUMP_MS)
    const person = await signIn(server, 'keys@example.org')
    const rotated = await person.send('POST', '/v1/signing-keys/rotate', {
      body: { immediately: true },
    })
    expect(rotated.status).toBe(201)
    server.clock.move(-JUMP_MS)
    expect(await isActive(before)).toBe(true)
    const after = await requestToken(server, credential)
    expect(await isActive(after)).toBe(true)
  })

  it('a throttled caller can sign in again within the usual time', async () => {
    await addPerson(server, { email: 'ada@example.org' })
    const guess = async () =>
      (await trySignIn(server, { email: 'ada@example.org', password: 'wrong' })).status
    server.clock.move(JUMP_MS)
    for (let turn = 0; turn < 10; turn += 1) expect(await guess()).toBe(401)
    expect(await guess()).toBe(429)
    server.clock.move(-JUMP_MS)
    expect(await guess()).toBe(401)
    for (let turn = 0; turn < 10; turn += 1) await guess()
    expect(await guess()).toBe(429)
    server.clock.move(JUMP_MS)
    expect(await guess()).toBe(401)
  })
})
