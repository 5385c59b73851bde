import { decodeJwt } from 'jose'
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  clientCredentialsGrant,
  customFetch,
  discovery,
  ResponseBodyError,
  tokenIntrospection,
  tokenRevocation,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  contactsApi,
  createContactsApi,
  createCredential,
  type IssuedCredential,
} from '../support/credentials.ts'
import { basic, type Pair, startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: IssuedCredential
let otherClient: IssuedCredential

beforeAll(async () => {
  server = await startTestServer({ fakeClock: false })
  await createContactsApi(server)
  client = await createCredential(server, { permissions: ['CONTACT_READ', 'CONTACT_WRITE'] })
  otherClient = await createCredential(server, { permissions: ['CONTACT_READ'] })
})
afterAll(() => server.close())

/** Returns the configuration that the client discovers from the server's metadata (RFC 8414). */
function discover(
  { clientId, clientSecret }: Pair,
  authentication: (secret: string) => ClientAuth = ClientSecretBasic,
): Promise<Configuration> {
  return discovery(new URL(server.url), clientId, undefined, authentication(clientSecret), {
    algorithm: 'oauth2',
    execute: [allowInsecureRequests],
  })
}

const methods = [
  ['client_secret_basic', ClientSecretBasic],
  ['client_secret_post', ClientSecretPost],
] as const

it('the client discovers the server by its metadata', async () => {
  const metadata = (await discover(client)).serverMetadata()
  expect(metadata).toMatchObject({
    issuer: server.url,
    token_endpoint: `${server.url}/oauth/token`,
    introspection_endpoint: `${server.url}/oauth/introspect`,
    revocation_endpoint: `${server.url}/oauth/revoke`,
    jwks_uri: `${server.url}/.well-known/jwks.json`,
  })
  expect(metadata.token_endpoint_auth_methods_supported).toEqual(methods.map(([name]) => name))
})

it('the client percent-encodes - and _ in Basic, and the server accepts the encoding', async () => {
  const config = await discover(client)
  const sent: string[] = []
  config[customFetch] = (url, options) => {
    sent.push(new Headers(options.headers).get('authorization') ?? '')
    const { method, headers, body } = options
    return fetch(url, { method, headers, body: body instanceof URLSearchParams ? body : null })
  }
  const { access_token } = await clientCredentialsGrant(config)
  expect(decodeJwt(access_token)['client_id']).toBe(client.clientId)
  expect(sent).toHaveLength(1)
  expect(sent).not.toContain(basic(client))
  expect(client.clientId + client.clientSecret).toMatch(/^[\w-]+$/)
  expect(Buffer.from(sent[0]?.slice('Basic '.length) ?? '', 'base64').toString()).toContain('%5F')
})

describe.each(methods)('a client with %s', (_, authentication) => {
  it('obtains a token with all granted permissions', async () => {
    const response = await clientCredentialsGrant(await discover(client, authentication))
    expect(response).toMatchObject({
      token_type: 'bearer',
      scope: 'CONTACT_READ CONTACT_WRITE',
    })
    expect(response.expiresIn()).toBeGreaterThan(3_590)
  })

  it('requests a narrower scope and a resource', async () => {
    const config = await discover(client, authentication)
    const { access_token, scope } = await clientCredentialsGrant(config, {
      scope: 'CONTACT_WRITE',
      resource: contactsApi.identifier,
    })
    expect(scope).toBe('CONTACT_WRITE')
    expect(decodeJwt(access_token)).toMatchObject({
      aud: contactsApi.identifier,
      scope: 'CONTACT_WRITE',
    })
  })

  it('introspects its own token, sub included', async () => {
    const config = await discover(client, authentication)
    const { access_token } = await clientCredentialsGrant(config)
    expect(await tokenIntrospection(config, access_token)).toMatchObject({
      active: true,
      client_id: client.clientId,
      sub: client.clientId,
      iss: server.url,
      aud: contactsApi.identifier,
    })
  })

  it('introspects any token of its organization with TOKEN_READ, and none without', async () => {
    const { access_token } = await clientCredentialsGrant(await discover(client, authentication))
    const manager = await discover(server.manager, authentication)
    expect(await tokenIntrospection(manager, access_token)).toMatchObject({
      active: true,
      sub: client.clientId,
    })
    const none = await tokenIntrospection(await discover(otherClient, authentication), access_token)
    expect(none).toEqual({ active: false })
  })

  it('revokes its token, which becomes inactive', async () => {
    const config = await discover(client, authentication)
    const { access_token } = await clientCredentialsGrant(config)
    expect((await tokenIntrospection(config, access_token)).active).toBe(true)
    await tokenRevocation(config, access_token, { token_type_hint: 'access_token' })
    expect(await tokenIntrospection(config, access_token)).toEqual({ active: false })
  })

  it('gets a challenge for a wrong secret', async () => {
    const wrongClient = { ...client, clientSecret: otherClient.clientSecret }
    const pending = clientCredentialsGrant(await discover(wrongClient, authentication))
    const error = await pending.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(WWWAuthenticateChallengeError)
    expect(error).toMatchObject({
      status: 401,
      cause: [{ scheme: 'basic', parameters: { realm: 'keyporter' } }],
    })
  })

  it.each([
    [{ scope: 'CONTACT_READ CONTACT_DELETE' }, 'invalid_scope'],
    [{ resource: 'https://other.example.com' }, 'invalid_target'],
  ])('gets the OAuth error for %j', async (parameters, code) => {
    const pending = clientCredentialsGrant(await discover(client, authentication), parameters)
    const error = await pending.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ResponseBodyError)
    expect(error).toMatchObject({
      status: 400,
      error: code,
      error_description: expect.stringMatching(/./),
    })
  })
})
