import { OAuth2Server } from 'oauth2-mock-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../support/server.ts'
import {
  createUpstreamConnection,
  LOOPBACK_ALLOWED,
  requestSharedConnection,
  sharedConnection,
} from '../support/upstream-connection.ts'

// A third-party authorization server that checks PKCE and can return invalid responses.

let server: TestServer
let upstream: OAuth2Server

beforeAll(async () => {
  server = await startTestServer({ env: LOOPBACK_ALLOWED, fakeClock: false })
  upstream = new OAuth2Server()
  await upstream.issuer.keys.generate('ES256')
  await upstream.start(0, '127.0.0.1')
})
afterAll(async () => {
  await server.close()
  await upstream.stop()
})

const address = (path: string) => `http://127.0.0.1:${upstream.address().port}${path}`

const createClientCredentials = () =>
  createUpstreamConnection(server, {
    auth: {
      kind: 'oauth2_client_credentials',
      tokenUrl: address('/token'),
      clientId: 'us',
      scopes: ['read'],
    },
    secrets: { clientSecret: 's3cret' },
  })

describe('oauth2-mock-server', () => {
  it('issues a token for the client credentials grant', async () => {
    const id = await createClientCredentials()
    expect((await requestSharedConnection(server, id, 'token')).body).toMatchObject({
      status: 'working',
    })
  })

  it('completes the authorization code grant with PKCE and a refresh', async () => {
    const id = await createUpstreamConnection(server, {
      auth: {
        kind: 'oauth2_authorization_code',
        authorizationUrl: address('/authorize'),
        tokenUrl: address('/token'),
        clientId: 'us',
        scopes: ['read'],
      },
      secrets: { clientSecret: 's3cret' },
    })
    const started = await requestSharedConnection(server, id, 'authorize')
    const redirect = await fetch(started.body.url, { redirect: 'manual' })
    const callback = new URL(redirect.headers.get('location') ?? '')
    const page = await server.send('GET', `${callback.pathname}${callback.search}`, { as: null })
    expect(page.text).toContain('<h1>Connected</h1>')
    expect((await requestSharedConnection(server, id, 'token')).body).toMatchObject({
      status: 'working',
    })
  })

  it.each([
    [400, { error: 'unauthorized_client' }, 'upstream_rejected'],
    [500, { error: 'server_error' }, 'upstream_failed'],
    [200, { access_token: 't', token_type: 'mac' }, 'upstream_rejected'],
    [200, { token_type: 'Bearer' }, 'upstream_failed'],
  ])('reports the upstream response %i with %j', async (statusCode, body, code) => {
    const id = await createClientCredentials()
    upstream.service.once('beforeResponse', (response) =>
      Object.assign(response, { statusCode, body }),
    )
    expect((await requestSharedConnection(server, id, 'token')).body.code).toBe(code)
    const status = code === 'upstream_rejected' ? 'needs_attention' : 'untested'
    expect(await sharedConnection(server, id)).toMatchObject({ status })
  })
})
