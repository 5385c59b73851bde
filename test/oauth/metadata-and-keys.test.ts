import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  type IssuedCredential,
  requestToken,
} from '../support/credentials.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

// Authorization server metadata (RFC 8414), key sets (RFC 7517) and JWT access tokens (RFC 9068).

let server: TestServer
let client: IssuedCredential
beforeAll(async () => {
  server = await startTestServer()
  await createContactsApi(server)
  client = await createCredential(server)
})
afterAll(() => server.close())

const wellKnown = '/.well-known/oauth-authorization-server'
const keys = async () => (await server.send('GET', '/.well-known/jwks.json')).body.keys

/** Verifies a token with a third-party library, at the time of the server's clock. */
async function verify(token: string) {
  return jwtVerify(token, createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`)), {
    issuer: server.url,
    audience: 'https://api.example.com',
    typ: 'at+jwt',
    currentDate: new Date(server.clock.now()),
  })
}

describe('metadata', () => {
  it('contains the exact issuer and the supported features (RFC 8414 §2)', async () => {
    const { body } = await server.send('GET', wellKnown, { as: null })
    expect(body).toMatchObject({
      issuer: server.url,
      token_endpoint: `${server.url}/oauth/token`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    })
    expect(JSON.stringify(body)).not.toContain('none')
  })

  it('contains only endpoints that respond', async () => {
    const { body } = await server.send('GET', wellKnown, { as: null })
    for (const [name, url] of Object.entries<string>(body)) {
      if (!name.endsWith('_endpoint') && name !== 'jwks_uri') continue
      const response = await fetch(url, { method: name === 'jwks_uri' ? 'GET' : 'POST' })
      expect([200, 400, 401]).toContain(response.status)
    }
  })

  it('contains no URL that a request header can change', async () => {
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    }
    expect((await server.send('GET', wellKnown, { as: null, headers })).text).not.toContain('evil')
  })

  it('of an issuer with a path is served below the well-known path (RFC 8414 §3.1)', async () => {
    const other = await startTestServer({
      env: { KEYPORTER_PUBLIC_URL: 'https://keys.example.com/tenant' },
    })
    try {
      const { body } = await other.send('GET', `${wellKnown}/tenant`, { as: null })
      expect([body.issuer, body.jwks_uri]).toEqual([
        'https://keys.example.com/tenant',
        'https://keys.example.com/tenant/.well-known/jwks.json',
      ])
    } finally {
      await other.close()
    }
  })
})

describe('tokens', () => {
  it('contain the claims of RFC 9068 §2.2 and no personal data', async () => {
    const { payload, protectedHeader } = await verify(await requestToken(server, client))
    expect(protectedHeader).toMatchObject({ typ: 'at+jwt', alg: 'ES256', kid: expect.any(String) })
    expect(Object.keys(payload).sort()).toEqual([
      'aud',
      'client_id',
      'cred',
      'env',
      'exp',
      'iat',
      'iss',
      'jti',
      'org',
      'scope',
      'sub',
    ])
    expect(payload).toMatchObject({
      sub: client.clientId,
      client_id: client.clientId,
      org: server.operatorId,
      cred: client.id,
      env: 'production',
    })
  })

  it.each(['EdDSA', 'RS256'])(
    'are signed with %s if the API is configured for it',
    async (signingAlgorithm) => {
      const identifier = `https://${signingAlgorithm.toLowerCase()}.example.com`
      const api = await createContactsApi(server, {
        name: signingAlgorithm,
        identifier,
        signingAlgorithm,
      })
      const token = await requestToken(server, await createCredential(server, { apiId: api.id }))
      expect(decodeProtectedHeader(token).alg).toBe(signingAlgorithm)
      await jwtVerify(token, createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`)), {
        audience: identifier,
        currentDate: new Date(server.clock.now()),
      })
      const response = await server.send('POST', '/oauth/introspect', { form: { token } })
      expect(response.body.active).toBe(true)
    },
  )
})

describe('signing keys', () => {
  it('are published without private parameters, each with kid, use and alg (RFC 7517 §4)', async () => {
    const published = await keys()
    expect(published.length).toBeGreaterThan(0)
    expect(new Set(published.map(({ kid }: { kid: string }) => kid)).size).toBe(published.length)
    for (const key of published) {
      expect(key).toMatchObject({ kid: expect.any(String), use: 'sig', alg: expect.any(String) })
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])
        expect(key).not.toHaveProperty(secret)
    }
  })

  it('are published before first use, and stay published until their last token expires', async () => {
    const before = await requestToken(server, client)
    const oldKid = decodeProtectedHeader(before).kid
    const rotated = await server.send('POST', '/v1/signing-keys/rotate', { body: {} })
    expect([rotated.status, rotated.body.status]).toEqual([201, 'pending'])
    expect((await keys()).map(({ kid }: { kid: string }) => kid)).toContain(rotated.body.id)
    const between = await requestToken(server, client)
    expect(decodeProtectedHeader(between).kid).toBe(oldKid)

    server.clock.move(601_000)
    const after = await requestToken(server, client)
    expect(decodeProtectedHeader(after).kid).toBe(rotated.body.id)
    for (const token of [before, between, after]) await verify(token)

    server.clock.move(3_600_000 - 602_000)
    expect((await keys()).map(({ kid }: { kid: string }) => kid)).toContain(oldKid)
    server.clock.move(3_600_000)
    expect((await keys()).map(({ kid }: { kid: string }) => kid)).not.toContain(oldKid)
  })

  it('rotate at once on request, with the pending key first', async () => {
    const pending = await server.send('POST', '/v1/signing-keys/rotate', { body: {} })
    expect((await server.send('POST', '/v1/signing-keys/rotate', { body: {} })).status).toBe(409)
    const immediate = await server.send('POST', '/v1/signing-keys/rotate', {
      body: { immediately: true },
    })
    expect(immediate.body).toMatchObject({ id: pending.body.id, status: 'active' })
    expect(decodeProtectedHeader(await requestToken(server, client)).kid).toBe(pending.body.id)
  })

  it('have one active key per algorithm after a restart, and existing tokens still verify', async () => {
    const token = await requestToken(server, client)
    await server.restart()
    const { body } = await server.send('GET', '/v1/signing-keys')
    for (const algorithm of ['ES256', 'EdDSA', 'RS256']) {
      const active = body.data.filter(
        (key: { algorithm: string; status: string }) =>
          key.algorithm === algorithm && key.status === 'active',
      )
      expect(active).toHaveLength(1)
    }
    await verify(token)
  })
})
