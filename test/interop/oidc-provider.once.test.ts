import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addPerson, type Person } from '../support/people.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import {
  createUpstreamConnection,
  LOOPBACK_ALLOWED,
  requestSharedConnection,
  sharedConnection,
} from '../support/upstream-connection.ts'

// A third-party authorization server that requires PKCE and rotates refresh tokens, each valid once.

const TOKEN_KINDS = [
  'AccessToken',
  'ClientCredentials',
  'Grant',
  'IdToken',
  'Interaction',
  'RefreshToken',
  'Session',
]
const SECRET = 'a b:c%d+e/f&g=h~'

let server: TestServer
let ada: Person
let http: Server
let issuer = ''
const refreshTokens: { readonly destroy: () => Promise<void> }[] = []

beforeAll(async () => {
  server = await startTestServer({ env: LOOPBACK_ALLOWED, fakeClock: false })
  ada = await addPerson(server, { privileges: ['integrations.view', 'integrations.manage'] })
  http = createServer()
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  // Safe because a server that listens on a port has an AddressInfo.
  issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: ['client_secret_basic', 'client_secret_post'].map((method) => ({
      client_id: method,
      client_secret: SECRET,
      token_endpoint_auth_method: method,
      redirect_uris: [`${server.url}/connect/callback`],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    })),
    scopes: ['openid', 'offline_access', 'read'],
    features: { devInteractions: { enabled: true }, clientCredentials: { enabled: true } },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    findAccount: (_ctx: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId }),
    }),
    ttl: Object.fromEntries(TOKEN_KINDS.map((kind) => [kind, 600])),
    cookies: { keys: ['of the tests'] },
  })
  provider.on('refresh_token.saved', (token) => void refreshTokens.push(token))
  http.on('request', provider.callback())
})
afterAll(async () => {
  await server.close()
  http.closeAllConnections()
  await new Promise((resolve) => http.close(resolve))
})

const clients = [
  ['basic', 'client_secret_basic'],
  ['body', 'client_secret_post'],
] as const

const proxy = (id: string, path: string) => server.send('GET', `/proxy/${id}/${path}`)

describe('oidc-provider', () => {
  it.each(clients)(
    'issues a token for the client credentials grant (%s)',
    async (clientAuth, clientId) => {
      const id = await createUpstreamConnection(server, {
        auth: {
          kind: 'oauth2_client_credentials',
          tokenUrl: `${issuer}/token`,
          clientId,
          clientAuth,
          scopes: ['read'],
        },
        secrets: { clientSecret: SECRET },
      })
      expect((await requestSharedConnection(server, id, 'token')).body).toMatchObject({
        status: 'working',
        tokenExpiresAt: expect.any(String),
      })
    },
  )

  it('rejects a wrong secret, which the error and the connection status report', async () => {
    const id = await createUpstreamConnection(server, {
      auth: {
        kind: 'oauth2_client_credentials',
        tokenUrl: `${issuer}/token`,
        clientId: 'client_secret_basic',
      },
      secrets: { clientSecret: 'wrong' },
    })
    const { body } = await requestSharedConnection(server, id, 'token')
    expect([body.code, body.detail]).toEqual([
      'upstream_rejected',
      'The token endpoint rejected the credentials: invalid_client.',
    ])
    expect(await sharedConnection(server, id)).toMatchObject({ statusReason: 'rejected' })
  })

  it.each(clients)(
    'completes the authorization code grant and rotates refresh tokens (%s)',
    async (clientAuth, clientId) => {
      const id = await createUpstreamConnection(server, {
        auth: {
          kind: 'oauth2_authorization_code',
          authorizationUrl: `${issuer}/auth`,
          tokenUrl: `${issuer}/token`,
          clientId,
          clientAuth,
          scopes: ['openid', 'offline_access'],
          extraParameters: { prompt: 'consent' },
        },
        secrets: { clientSecret: SECRET },
        integration: { baseUrl: issuer },
      })
      const started = await requestSharedConnection(ada, id, 'authorize')
      const callback = await signInAtProvider(started.body.url)
      expect(callback.origin).toBe(server.url)
      const page = await ada.send('GET', `${callback.pathname}${callback.search}`)
      expect(page.text).toContain('<h1>Connected</h1>')
      expect((await proxy(id, 'me')).body).toEqual({ sub: 'ada' })
      for (let round = 0; round < 3; round += 1) {
        expect((await requestSharedConnection(server, id, 'token')).status).toBe(200)
      }
      expect((await proxy(id, 'me')).body).toEqual({ sub: 'ada' })

      await refreshTokens.at(-1)?.destroy()
      const rejected = await requestSharedConnection(server, id, 'token')
      expect(rejected.body.detail).toBe(
        'The token endpoint rejected the credentials: invalid_grant.',
      )
      expect(await sharedConnection(server, id)).toMatchObject({ statusReason: 'consent_required' })
    },
  )
})

/** Signs in and consents on the provider's pages, and returns the URL of the callback. */
async function signInAtProvider(start: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let url = new URL(start)
  let form: Record<string, string> | undefined
  for (let step = 0; step < 10; step += 1) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    const page = await response.text()
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
    if (location === null && prompt === undefined) throw new Error(`${response.status} ${page}`)
    form = location === null ? { prompt: prompt ?? '', login: 'ada', password: 'any' } : undefined
    if (location !== null) url = new URL(location, url)
    if (url.pathname === '/connect/callback') return url
  }
  throw new Error('The provider did not redirect to the callback')
}
