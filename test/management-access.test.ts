import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContactsApi, createCredential, requestToken } from './support/credentials.ts'
import { basic, startTestServer, type TestServer } from './support/server.ts'

// RFC 6750 at the management API.

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await createContactsApi(server)
})
afterAll(() => server.close())

const challenge = async (headers: Record<string, string>, path = '/v1/credentials') => {
  const response = await server.send('GET', path, { as: null, headers })
  return [response.status, response.headers.get('www-authenticate')]
}

describe('does', () => {
  it('the management API accepts its credentials by Basic, secret and token, with any case of the scheme', async () => {
    const token = await requestToken(server, server.manager)
    for (const authorization of [
      basic(server.manager),
      `bearer ${server.manager.clientSecret}`,
      `Bearer ${token}`,
      `BEARER ${token}`,
    ]) {
      expect(
        (await server.send('GET', '/v1/credentials', { as: null, headers: { authorization } }))
          .status,
      ).toBe(200)
    }
  })

  it('a token allows only its scope', async () => {
    const token = await requestToken(server, server.manager, { scope: 'API_READ' })
    expect((await server.send('GET', '/v1/apis', { as: token })).status).toBe(200)
    expect((await server.send('GET', '/v1/credentials', { as: token })).status).toBe(403)
  })

  it('every response has a request id, which is the caller’s if it is well formed', async () => {
    expect((await server.send('GET', '/v1/apis')).headers.get('x-request-id')).toMatch(
      /^req_[0-9a-z]{26}$/,
    )
    const headers = { 'x-request-id': 'my-request-0001' }
    expect((await server.send('GET', '/v1/apis', { headers })).headers.get('x-request-id')).toBe(
      'my-request-0001',
    )
    const hostile = await server.send('GET', '/nothing', { headers: { 'x-request-id': 'a b' } })
    expect(hostile.body.instance).toMatch(/^req_/)
  })
})

describe('rejects', () => {
  it('a request without credentials gets a challenge without an error code', async () => {
    expect(await challenge({})).toEqual([401, 'Bearer realm="keyporter"'])
  })

  it('invalid credentials, and credentials of other APIs, get invalid_token', async () => {
    const other = await createCredential(server)
    const bad = [
      'Bearer x',
      'Bearer a.b.c',
      'Digest x',
      'Basic ####',
      basic({ clientId: 'a', clientSecret: 'b' }),
      basic(other),
      `Bearer ${await requestToken(server, other)}`,
    ]
    for (const authorization of bad) {
      expect(await challenge({ authorization })).toEqual([
        401,
        'Bearer realm="keyporter", error="invalid_token"',
      ])
    }
  })

  it('a caller without a permission gets the required permissions', async () => {
    const token = await requestToken(server, server.manager, { scope: 'API_READ' })
    const response = await server.send('GET', '/v1/credentials', { as: token })
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer realm="keyporter", error="insufficient_scope", scope="CREDENTIAL_READ"',
    )
    expect(response.body).toMatchObject({
      code: 'insufficient_permissions',
      requiredPermissions: ['CREDENTIAL_READ'],
    })
  })

  it('a token in the URL is rejected', async () => {
    const token = await requestToken(server, server.manager)
    expect(
      (await server.send('GET', `/v1/credentials?access_token=${token}`, { as: null })).status,
    ).toBe(401)
    expect((await server.send('GET', `/v1/credentials?access_token=${token}`)).status).toBe(400)
  })

  it('an unknown path or method gets a problem document (RFC 9457)', async () => {
    const response = await server.send('GET', '/v1/nothing')
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(response.body).toEqual({
      type: expect.stringContaining('not_found'),
      title: 'Not found',
      status: 404,
      detail: expect.any(String),
      instance: response.headers.get('x-request-id'),
      code: 'not_found',
    })
    const wrongMethod = await server.send('DELETE', '/v1/credentials')
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'GET, POST'])
  })
})
