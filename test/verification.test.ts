import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  contactsApi,
  createContactsApi,
  createCredential,
  createOrganization,
  type IssuedCredential,
  requestToken,
} from './support/credentials.ts'
import { basic, type Pair, startTestServer, type TestServer } from './support/server.ts'

let server: TestServer
let client: IssuedCredential
let apiId: string
beforeAll(async () => {
  server = await startTestServer()
  apiId = (await createContactsApi(server)).id
  client = await createCredential(server, { permissions: ['CONTACT_READ'] })
})
afterAll(() => server.close())

async function verify(body: object, as: Pair = server.manager) {
  const response = await server.send('POST', '/v1/verify', { body, as })
  expect(response.status).toBe(200)
  return response.body
}

const pair = () => ({ clientId: client.clientId, clientSecret: client.clientSecret })

describe('verification', () => {
  it.each(['toString', 'hasOwnProperty', 'other'])('rejects the unknown field %s', async (name) => {
    const { status, body } = await server.send('POST', '/v1/verify', { body: { [name]: 'x' } })
    expect([status, body.errors]).toEqual([
      400,
      [{ pointer: '', code: 'unknown_field', detail: 'Unknown field' }],
    ])
  })

  it('accepts a credential in every authentication form', async () => {
    const token = await requestToken(server, client)
    const forms = [
      { authorization: basic(client) },
      { authorization: `Bearer ${client.clientSecret}` },
      { authorization: `Bearer ${token}` },
      { token },
      pair(),
    ]
    for (const form of forms) {
      expect(await verify({ ...form, permissions: ['CONTACT_READ'] })).toMatchObject({
        valid: true,
        code: 'valid',
        credentialId: client.id,
        clientId: client.clientId,
        organizationId: server.operatorId,
        permissions: ['CONTACT_READ'],
        environment: 'production',
        expiresAt: expect.any(String),
      })
    }
  })

  it('returns exactly the members of the contract for a valid credential', async () => {
    const result = await verify(pair())
    expect(Object.keys(result).join(' ')).toBe(
      'valid code credentialId clientId organizationId environment permissions expiresAt',
    )
    expect(result.expiresAt).toBe(client.expiresAt)
    // A token has its own expiry and scope.
    const wide = await createCredential(server)
    const token = await requestToken(server, wide, { scope: 'EVENT_READ' })
    const tokenVerification = await verify({ token })
    expect(Object.keys(tokenVerification)).toEqual(Object.keys(result))
    expect(tokenVerification.permissions).toEqual(['EVENT_READ'])
    expect(Date.parse(tokenVerification.expiresAt)).toBeLessThan(Date.parse(wide.expiresAt))
    const { clientId, clientSecret } = wide
    expect((await verify({ clientId, clientSecret })).permissions).toEqual(wide.scope.split(' '))
  })

  it('maps method and path to the required permissions', async () => {
    expect(await verify({ ...pair(), method: 'get', path: '/v1/contacts/42?x=1' })).toMatchObject({
      valid: true,
    })
    expect(await verify({ ...pair(), method: 'DELETE', path: '/v1/contacts/42' })).toMatchObject({
      valid: false,
      code: 'insufficient_permissions',
      missingPermissions: ['CONTACT_DELETE'],
    })
    expect(
      await verify({ ...pair(), method: 'GET', path: '/v1/contacts/42/events' }),
    ).toMatchObject({
      code: 'insufficient_permissions',
      missingPermissions: ['EVENT_READ'],
    })
  })

  it('applies the removal of a permission from the API immediately', async () => {
    const api = await createContactsApi(server, {
      identifier: 'https://moving.example.com',
      name: 'Moving',
    })
    const moving = await createCredential(server, { apiId: api.id })
    const verification = {
      clientId: moving.clientId,
      clientSecret: moving.clientSecret,
      permissions: ['EVENT_READ'],
    }
    expect((await verify(verification)).valid).toBe(true)
    const { permissions } = contactsApi
    await server.send('PATCH', `/v1/apis/${api.id}`, {
      body: { permissions: permissions.slice(0, 1), operations: [] },
    })
    expect((await verify(verification)).code).toBe('insufficient_permissions')
  })

  it('returns no permissions when the organization loses access to the API', async () => {
    const other = await createOrganization(server, 'Ungranted')
    const api = await createContactsApi(server, {
      identifier: 'https://lent.example.com',
      name: 'Lent',
    })
    const lent = await createCredential(server, { apiId: api.id, organizationId: other.id })
    const verification = { authorization: basic(lent), permissions: ['CONTACT_READ'] }
    expect((await verify(verification)).valid).toBe(true)
    await server.send('PATCH', `/v1/apis/${api.id}`, {
      body: { organizations: [server.operatorId] },
    })
    expect(await verify(verification)).toMatchObject({
      valid: false,
      code: 'insufficient_permissions',
      permissions: [],
    })
    const token = await server.send('POST', '/oauth/token', {
      as: lent,
      form: { grant_type: 'client_credentials', scope: 'CONTACT_READ' },
    })
    expect(token.body.error).toBe('invalid_scope')
  })

  it('counts uses by outcome and permission, and records the IP address', async () => {
    const busy = await createCredential(server, { apiId })
    const verification = { clientId: busy.clientId, clientSecret: busy.clientSecret }
    await verify({ ...verification, permissions: ['CONTACT_READ'], ip: '203.0.113.5' })
    await verify({
      ...verification,
      permissions: ['CONTACT_READ', 'EVENT_READ'],
      ip: '203.0.113.5',
    })
    await server.flushUsage()
    const usage = await server.send('GET', `/v1/credentials/${busy.id}/usage?interval=day`)
    expect(usage.body.totals).toMatchObject({
      outcomes: { valid: 2 },
      permissions: { CONTACT_READ: 2, EVENT_READ: 1 },
    })
    const { body } = await server.send('GET', `/v1/credentials/${busy.id}`)
    expect(body).toMatchObject({ lastUsedFrom: '203.0.113.5', lastUsedAt: expect.any(String) })
    expect(body.secrets[0].lastUsedAt).toBe(body.lastUsedAt)
  })
})

describe('verification rejects', () => {
  it.each([
    [{ authorization: 'Digest x' }, 'malformed'],
    [{ authorization: 'Bearer kp_live_short' }, 'malformed'],
    [{ token: 'a.b.c' }, 'malformed'],
    [{ clientId: 'nobody', clientSecret: 'nothing' }, 'not_found'],
  ])('%j with the code %s', async (body, code) => {
    expect(await verify(body)).toEqual({ valid: false, code })
  })

  it('a wrong secret in the same way as an unknown client', async () => {
    expect(await verify({ ...pair(), clientSecret: 'wrong' })).toEqual({
      valid: false,
      code: 'not_found',
    })
  })

  it('a secret with a wrong checksum, without a lookup', async () => {
    const last = client.clientSecret.at(-1) === 'a' ? 'b' : 'a'
    const mistyped = client.clientSecret.slice(0, -1) + last
    expect((await verify({ authorization: `Bearer ${mistyped}` })).code).toBe('malformed')
  })

  it('revoked and expired credentials, other APIs and unmapped operations, with the reason', async () => {
    const revoked = await createCredential(server, { apiId })
    await server.send('POST', `/v1/credentials/${revoked.id}/revoke`, { body: {} })
    expect((await verify({ authorization: basic(revoked) })).code).toBe('revoked')
    const expiring = await createCredential(server, {
      apiId,
      expiresAt: new Date(server.clock.now() + 1_000).toISOString(),
    })
    server.clock.move(999)
    expect((await verify({ authorization: basic(expiring) })).code).toBe('valid')
    server.clock.move(1)
    expect((await verify({ authorization: basic(expiring) })).code).toBe('expired')
    expect((await verify({ ...pair(), apiId: 'api_other' })).code).toBe('wrong_api')
    for (const path of [
      '/v1/nothing',
      '/v1/contacts/../contacts',
      '/v1//contacts',
      '/v1/contacts/%2e%2e',
    ]) {
      expect(await verify({ ...pair(), method: 'GET', path })).toMatchObject({
        valid: false,
        code: 'unmapped_operation',
      })
    }
  })

  it('credentials of other organizations, except for the operator', async () => {
    const other = await createOrganization(server, 'Elsewhere')
    expect(await verify(pair(), other.manager)).toEqual({ valid: false, code: 'not_found' })
    expect(await verify({ token: await requestToken(server, client) }, other.manager)).toEqual({
      valid: false,
      code: 'not_found',
    })
    const theirs = await createCredential(server, { apiId, organizationId: other.id })
    expect((await verify({ authorization: basic(theirs) })).organizationId).toBe(other.id)
  })

  it('callers without TOKEN_READ, and names the permission', async () => {
    const builtIn = await server.send('GET', '/v1/apis?slug=keyporter')
    const limited = await createCredential(server, {
      apiId: builtIn.body.data[0].id,
      permissions: ['CREDENTIAL_READ'],
    })
    const response = await server.send('POST', '/v1/verify', { as: limited, body: pair() })
    expect([response.status, response.body.requiredPermissions]).toEqual([403, ['TOKEN_READ']])
    expect(response.headers.get('www-authenticate')).toContain('scope="TOKEN_READ"')
  })

  it.each([
    {},
    { token: 'x', authorization: 'y' },
    { token: 1 },
    { tokn: 'x' },
    { token: 'x', permissions: ['contact_read'] },
    { token: 'x', permissions: 'CONTACT_READ' },
  ])('the request %j', async (body) => {
    expect((await server.send('POST', '/v1/verify', { body })).status).toBe(400)
  })

  it('repeated wrong secrets from the IP address of the end client', async () => {
    const victim = await createCredential(server, { apiId })
    const guess = (ip: string) => verify({ clientId: victim.clientId, clientSecret: 'wrong', ip })
    const codes: string[] = []
    for (let round = 0; round < 40; round += 1) codes.push((await guess('203.0.113.77')).code)
    expect(new Set(codes.slice(0, 30))).toEqual(new Set(['not_found']))
    expect(new Set(codes.slice(30))).toEqual(new Set(['rate_limited']))
    expect((await verify({ authorization: basic(victim), ip: '203.0.113.78' })).valid).toBe(true)
  })

  it('no credential because of wrong secrets without an IP address', async () => {
    const victim = await createCredential(server, { apiId })
    for (let round = 0; round < 40; round += 1) {
      expect((await verify({ clientId: victim.clientId, clientSecret: 'wrong' })).code).toBe(
        'not_found',
      )
    }
    expect((await verify({ authorization: basic(victim) })).valid).toBe(true)
  })
})
