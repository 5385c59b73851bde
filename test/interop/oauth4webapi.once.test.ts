import { decodeJwt } from 'jose'
import {
  type AuthorizationServer,
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  discoveryRequest,
  type IntrospectionResponse,
  introspectionRequest,
  processClientCredentialsResponse,
  processDiscoveryResponse,
  processIntrospectionResponse,
  processRevocationResponse,
  ResponseBodyError,
  revocationRequest,
  type TokenEndpointResponse,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  contactsApi,
  createContactsApi,
  createCredential,
  type IssuedCredential,
} from '../support/credentials.ts'
import { type Pair, startTestServer, type TestServer } from '../support/server.ts'

const loopback = { [allowInsecureRequests]: true } as const

let server: TestServer
let metadata: AuthorizationServer
let client: IssuedCredential
let otherClient: IssuedCredential

beforeAll(async () => {
  server = await startTestServer({ fakeClock: false })
  await createContactsApi(server)
  client = await createCredential(server, { permissions: ['CONTACT_READ', 'CONTACT_WRITE'] })
  otherClient = await createCredential(server, { permissions: ['CONTACT_READ'] })
  const issuer = new URL(server.url)
  metadata = await processDiscoveryResponse(
    issuer,
    await discoveryRequest(issuer, { algorithm: 'oauth2', ...loopback }),
  )
})
afterAll(() => server.close())

type Method = (secret: string) => ClientAuth

/** Returns a client that sends each request and validates each response with this library. */
function clientOf({ clientId, clientSecret }: Pair, method: Method) {
  const identity = { client_id: clientId }
  const authentication = method(clientSecret)
  return {
    obtain: async (parameters: Record<string, string> = {}): Promise<TokenEndpointResponse> => {
      const response = await clientCredentialsGrantRequest(
        metadata,
        identity,
        authentication,
        parameters,
        loopback,
      )
      return processClientCredentialsResponse(metadata, identity, response)
    },
    introspect: async (token: string): Promise<IntrospectionResponse> => {
      const response = await introspectionRequest(
        metadata,
        identity,
        authentication,
        token,
        loopback,
      )
      return processIntrospectionResponse(metadata, identity, response)
    },
    revoke: async (token: string): Promise<void> => {
      const response = await revocationRequest(metadata, identity, authentication, token, loopback)
      await processRevocationResponse(response)
    },
  }
}

it('the client discovers the server by metadata with the requested issuer (RFC 8414 §3.3)', () => {
  expect(metadata).toMatchObject({
    issuer: server.url,
    token_endpoint: `${server.url}/oauth/token`,
    grant_types_supported: ['client_credentials'],
  })
})

it('the client rejects the metadata for another spelling of the issuer (RFC 8414 §3.3)', async () => {
  const other = new URL(server.url.replace('127.0.0.1', 'localhost'))
  const response = await discoveryRequest(new URL(server.url), { algorithm: 'oauth2', ...loopback })
  await expect(processDiscoveryResponse(other, response)).rejects.toThrow(/issuer/)
})

describe.each([
  ['client_secret_basic', ClientSecretBasic],
  ['client_secret_post', ClientSecretPost],
])('a client with %s', (_, method) => {
  it('obtains a token with all granted permissions', async () => {
    const response = await clientOf(client, method).obtain()
    expect(response).toMatchObject({
      token_type: 'bearer',
      expires_in: 3_600,
      scope: 'CONTACT_READ CONTACT_WRITE',
    })
  })

  it('requests a narrower scope and a resource', async () => {
    const { access_token, scope } = await clientOf(client, method).obtain({
      scope: 'CONTACT_READ',
      resource: contactsApi.identifier,
    })
    expect(scope).toBe('CONTACT_READ')
    expect(decodeJwt(access_token)).toMatchObject({
      aud: contactsApi.identifier,
      scope: 'CONTACT_READ',
    })
  })

  it('introspects its own token, sub included', async () => {
    const own = clientOf(client, method)
    const { access_token } = await own.obtain()
    expect(await own.introspect(access_token)).toMatchObject({
      active: true,
      sub: client.clientId,
      client_id: client.clientId,
      token_type: 'Bearer',
    })
  })

  it('introspects any token of its organization with TOKEN_READ, and none without', async () => {
    const { access_token } = await clientOf(client, method).obtain()
    expect(await clientOf(server.manager, method).introspect(access_token)).toMatchObject({
      active: true,
      sub: client.clientId,
    })
    const none = await clientOf(otherClient, method).introspect(access_token)
    expect(none).toEqual({ active: false })
  })

  it('revokes its token, which becomes inactive, and can repeat the revocation', async () => {
    const own = clientOf(client, method)
    const { access_token } = await own.obtain()
    await own.revoke(access_token)
    expect(await own.introspect(access_token)).toEqual({ active: false })
    await own.revoke(access_token)
  })

  it('gets a challenge from every endpoint for a wrong secret', async () => {
    const wrongClient = clientOf({ ...client, clientSecret: otherClient.clientSecret }, method)
    for (const pending of [
      wrongClient.obtain(),
      wrongClient.introspect('x'),
      wrongClient.revoke('x'),
    ]) {
      const error = await pending.catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(WWWAuthenticateChallengeError)
      expect(error).toMatchObject({ status: 401 })
    }
  })

  it.each([
    [{ scope: 'CONTACT_DELETE' }, 'invalid_scope'],
    [{ resource: 'https://other.example.com' }, 'invalid_target'],
  ])('gets the OAuth error for %j', async (parameters, code) => {
    const pending = clientOf(client, method).obtain(parameters)
    const error = await pending.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ResponseBodyError)
    expect(error).toMatchObject({ status: 400, error: code })
  })
})
