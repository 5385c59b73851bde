import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  createOrganization,
  type IssuedCredential,
  requestToken,
} from '../support/credentials.ts'
import {
  type Pair,
  startTestServer,
  type TestResponse,
  type TestServer,
} from '../support/server.ts'

// Token introspection (RFC 7662) and token revocation (RFC 7009).

let server: TestServer
let client: IssuedCredential
const inactive = '{"active":false}'

beforeAll(async () => {
  server = await startTestServer()
  await createContactsApi(server)
  client = await createCredential(server, { permissions: ['CONTACT_READ'] })
})
afterAll(() => server.close())

const introspect = (
  token: string,
  as: Pair | null = server.manager,
  more: Record<string, string> = {},
): Promise<TestResponse> =>
  server.send('POST', '/oauth/introspect', { as, form: { token, ...more } })
const revoke = (token: string, as: Pair | null): Promise<TestResponse> =>
  server.send('POST', '/oauth/revoke', { as, form: { token } })

describe('introspection', () => {
  it('returns every member for an active token, sub included (RFC 7662 §2.2)', async () => {
    const response = await introspect(await requestToken(server, client))
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.body).toEqual({
      active: true,
      scope: 'CONTACT_READ',
      client_id: client.clientId,
      sub: client.clientId,
      aud: 'https://api.example.com',
      iss: server.url,
      exp: expect.any(Number),
      iat: expect.any(Number),
      jti: expect.any(String),
      token_type: 'Bearer',
    })
  })

  it('accepts a client that introspects its own token', async () => {
    expect((await introspect(await requestToken(server, client), client)).body.active).toBe(true)
  })

  it.each(['access_token', 'refresh_token', 'nonsense'])(
    'returns the same response with token_type_hint %s (RFC 7662 §2.1)',
    async (hint) => {
      const token = await requestToken(server, client)
      expect((await introspect(token, server.manager, { token_type_hint: hint })).body.active).toBe(
        true,
      )
    },
  )

  it('returns the reduced scope as soon as a credential loses permissions', async () => {
    const wide = await createCredential(server, { permissions: ['CONTACT_READ', 'CONTACT_WRITE'] })
    const token = await requestToken(server, wide)
    await server.send('PATCH', `/v1/credentials/${wide.id}`, {
      body: { permissions: ['CONTACT_READ'] },
    })
    expect((await introspect(token)).body.scope).toBe('CONTACT_READ')
  })
})

describe('introspection rejects', () => {
  it('callers without authentication or with a wrong secret, with a challenge (RFC 7662 §2.3)', async () => {
    for (const as of [null, { ...client, clientSecret: 'wrong' }]) {
      const response = await introspect('x', as)
      expect([response.status, response.body.error]).toEqual([401, 'invalid_client'])
      expect(response.headers.get('www-authenticate')).toContain('Basic')
    }
    expect((await server.send('GET', '/oauth/introspect')).status).toBe(405)
  })

  it('malformed, expired and revoked tokens and secrets, with only active: false (RFC 7662 §2.2)', async () => {
    const revoked = await requestToken(server, client)
    await revoke(revoked, client)
    const expired = await requestToken(server, client)
    server.clock.move(3_600_000)
    for (const token of ['x', 'a.b.c', client.clientSecret, revoked, expired, `${expired}.x.y`]) {
      expect((await introspect(token)).text).toBe(inactive)
    }
    server.clock.move(-3_600_000)
  })

  it('tokens of another organization, and clients without TOKEN_READ, with only active: false', async () => {
    const other = await createOrganization(server, 'Other')
    const token = await requestToken(server, client)
    expect((await introspect(token, other.manager)).text).toBe(inactive)
    const otherClient = await createCredential(server, { permissions: ['CONTACT_READ'] })
    expect((await introspect(token, otherClient)).text).toBe(inactive)
    const theirs = await createCredential(server, { organizationId: other.id })
    const theirToken = await requestToken(server, theirs)
    expect((await introspect(theirToken, other.manager)).body.active).toBe(true)
    expect((await introspect(theirToken)).body.active).toBe(true)
  })

  it('a request without token (RFC 7662 §2.1)', async () => {
    const response = await server.send('POST', '/oauth/introspect', { form: { token: '' } })
    expect([response.status, response.body.error]).toEqual([400, 'invalid_request'])
  })
})

describe('revocation', () => {
  it('requires client authentication, and responds to an invalid token with an empty 200 (RFC 7009 §2.2)', async () => {
    expect((await revoke('x', null)).status).toBe(401)
    const response = await revoke('garbage', client)
    expect([response.status, response.text]).toEqual([200, ''])
  })

  it('does not revoke the token of another client (RFC 7009 §2.1)', async () => {
    const token = await requestToken(server, client)
    const other = await createCredential(server)
    expect((await revoke(token, other)).status).toBe(200)
    expect((await introspect(token)).body.active).toBe(true)
  })

  it('requires the token parameter and POST (RFC 7009 §2.1)', async () => {
    const response = await server.send('POST', '/oauth/revoke', { as: client, form: { x: '1' } })
    expect([response.status, response.body.error]).toEqual([400, 'invalid_request'])
    expect((await server.send('GET', '/oauth/revoke?token=x&callback=f')).status).toBe(405)
  })

  it('of one token takes effect at once, also in parallel, and survives a restart', async () => {
    const token = await requestToken(server, client)
    const sibling = await requestToken(server, client)
    const responses = await Promise.all(Array.from({ length: 20 }, () => revoke(token, client)))
    expect(responses.every(({ status }) => status === 200)).toBe(true)
    expect((await introspect(token)).text).toBe(inactive)
    expect((await introspect(sibling)).body.active).toBe(true)
    await server.restart()
    expect((await introspect(token)).text).toBe(inactive)
  })

  it('applies to every spelling of the token', async () => {
    const token = await requestToken(server, client)
    await revoke(token, client)
    for (const spelling of [`${token}=`, `${token}==`, ` ${token}`, `${token}\n`]) {
      expect((await introspect(spelling)).text).toBe(inactive)
    }
  })

  it('survives a clock that jumps forward and back', async () => {
    const [first, second] = [await requestToken(server, client), await requestToken(server, client)]
    await revoke(first, client)
    server.clock.move(7_200_000)
    await revoke(await requestToken(server, client), client)
    server.clock.move(-7_200_000)
    expect((await introspect(first)).text).toBe(inactive)
    expect((await introspect(second)).body.active).toBe(true)
  })

  it('of a credential rejects its tokens and its secret in the next request', async () => {
    const doomed = await createCredential(server)
    const token = await requestToken(server, doomed)
    expect((await introspect(token)).body.active).toBe(true)
    await server.send('POST', `/v1/credentials/${doomed.id}/revoke`, { body: { reason: 'leaked' } })
    expect((await introspect(token)).text).toBe(inactive)
    const again = await server.send('POST', '/oauth/token', {
      as: doomed,
      form: { grant_type: 'client_credentials' },
    })
    expect(again.status).toBe(401)
    const verified = await server.send('POST', '/v1/verify', { body: { token } })
    expect(verified.body).toMatchObject({ valid: false, code: 'revoked', credentialId: doomed.id })
  })
})
