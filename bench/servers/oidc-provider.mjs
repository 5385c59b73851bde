// oidc-provider as an authorization server: client credentials with ES256 access tokens by resource indicators
// (RFC 8707), and opaque tokens for introspection, because it introspects only those. Uses its in-memory store.
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import { AUDIENCE, announce, ISSUER, makePairs, SCOPE } from '../harness/clients.mjs'
import { basic, rawForm } from '../harness/raw-request.mjs'

const OPAQUE_RESOURCE = 'urn:opaque'
const pairs = makePairs()
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })

const provider = new Provider(ISSUER, {
  clients: pairs.map(({ clientId, clientSecret }) => ({
    client_id: clientId,
    client_secret: clientSecret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    id_token_signed_response_alg: 'ES256',
  })),
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: '1' }] },
  scopes: SCOPE.split(' '),
  ttl: { ClientCredentials: 3_600 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => AUDIENCE,
      getResourceServerInfo: (_ctx, resource) => ({
        scope: SCOPE,
        audience: AUDIENCE,
        accessTokenTTL: 3_600,
        ...(resource === OPAQUE_RESOURCE
          ? { accessTokenFormat: 'opaque' }
          : { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
      }),
    },
  },
})
const server = provider.listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const { port } = server.address()

announce({
  port,
  scenarios: {
    token: {
      requests: pairs.map((pair) =>
        rawForm(
          { grant_type: 'client_credentials', scope: SCOPE },
          { path: '/token', authorization: basic(pair) },
        ),
      ),
      expectation: 'token',
      tokens: {
        jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: '1' }] },
        issuer: ISSUER,
        audience: AUDIENCE,
        scope: SCOPE,
      },
    },
    introspect: {
      requests: await Promise.all(
        pairs.map(async (pair) =>
          rawForm(
            { token: await opaqueToken(pair) },
            { path: '/token/introspection', authorization: basic(pairs[0]) },
          ),
        ),
      ),
      expectation: 'active',
    },
  },
})
process.once('SIGTERM', () => process.exit(0))

async function opaqueToken(pair) {
  const response = await fetch(`http://127.0.0.1:${port}/token`, {
    method: 'POST',
    headers: { authorization: basic(pair) },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: SCOPE,
      resource: OPAQUE_RESOURCE,
    }),
  })
  const { access_token: token } = await response.json()
  return token
}
