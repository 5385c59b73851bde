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
import { contactsApi, createContactsApi, createCredential, type Issued } from '../support/issue.ts'
import { type Pair, startTestServer, type TestServer } from '../support/server.ts'

const loopback = { [allowInsecureRequests]: true } as const

let server: TestServer
let metadata: AuthorizationServer
let client: Issued
let stranger: Issued

beforeAll(async () => {
  server = await startTestServer({ fakeClock: false })
  await createContactsApi(server)
  client = await createCredential(server, { permissions: ['CONTACT_READ', 'CONTACT_WRITE'] })
  stranger = await createCredential(server, { permissions: ['CONTACT_READ'] })
  const issuer = new URL(server.url)
  metadata = await processDiscoveryResponse(
    issuer,
    await discoveryRequest(issuer, { algorithm: 'oauth2', ...loopback }),
  )
})
afterAll(() => server.close())

type Method = (secret: string) => ClientAuth

/** A client as this library sees one: every request is made, and every answer judged, on its own. */
function clientOf({ clientId, clientSecret }: Pair, method: Method) {
  const identity = { client_id: clientId }
  const authentication = method(clientSecret)
  return {
    obtain: async (parameters: Record<string, string> = {}): Promise<TokenEndpointResponse> => {
      const answer = await clientCredentialsGrantRequest(
        metadata,
        identity,
        authentication,
        parameters,
        loopback,
      )
      return processClientCredentialsResponse(metadata, identity, answer)
    },
    introspect: async (token: string): Promise<IntrospectionResponse> => {
      const answer = await introspectionRequest(metadata, identity, authentication, token, loopback)
      return processIntrospectionResponse(metadata, identity, answer)
    },
    revoke: async (token: string): Promise<void> => {
      const answer = await revocationRequest(metadata, identity, authentication, token, loopback)
      await processRevocationResponse(answer)
    },
  }
}

it('M05 finds the server by its metadata, which names the issuer it asked', () => {
  expect(metadata).toMatchObject({
    issuer: server.url,
    token_endpoint: `${server.url}/oauth/token`,
    grant_types_supported: ['client_credentials'],
  })
})

it('M05 refuses the metadata for any other spelling of the issuer', async () => {
  const other = new URL(server.url.replace('127.0.0.1', 'localhost'))
  const answer = await discoveryRequest(new URL(server.url), { algorithm: 'oauth2', ...loopback })
  await expect(processDiscoveryResponse(other, answer)).rejects.toThrow(/issuer/)
})

describe.each([
  ['client_secret_basic', ClientSecretBasic],
  ['client_secret_post', ClientSecretPost],
])('by %s', (_, method) => {
  it('obtains a token with everything that is granted', async () => {
    const answer = await clientOf(client, method).obtain()
    expect(answer).toMatchObject({
      token_type: 'bearer',
      expires_in: 3_600,
      scope: 'CONTACT_READ CONTACT_WRITE',
    })
  })

  it('narrows the scope and names the resource', async () => {
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

  it('looks into its own token, sub included', async () => {
    const own = clientOf(client, method)
    const { access_token } = await own.obtain()
    expect(await own.introspect(access_token)).toMatchObject({
      active: true,
      sub: client.clientId,
      client_id: client.clientId,
      token_type: 'Bearer',
    })
  })

  it('looks into any token as a management client, and into none as a stranger', async () => {
    const { access_token } = await clientOf(client, method).obtain()
    expect(await clientOf(server.manager, method).introspect(access_token)).toMatchObject({
      active: true,
      sub: client.clientId,
    })
    const none = await clientOf(stranger, method).introspect(access_token)
    expect(none).toEqual({ active: false })
  })

  it('revokes its token, which is inactive from then on, and revokes it again', async () => {
    const own = clientOf(client, method)
    const { access_token } = await own.obtain()
    await own.revoke(access_token)
    expect(await own.introspect(access_token)).toEqual({ active: false })
    await own.revoke(access_token)
  })

  it('is told that the secret is wrong, by a challenge, at every endpoint', async () => {
    const mistaken = clientOf({ ...client, clientSecret: stranger.clientSecret }, method)
    for (const asked of [mistaken.obtain(), mistaken.introspect('x'), mistaken.revoke('x')]) {
      const error = await asked.catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(WWWAuthenticateChallengeError)
      expect(error).toMatchObject({ status: 401 })
    }
  })

  it.each([
    [{ scope: 'CONTACT_DELETE' }, 'invalid_scope'],
    [{ resource: 'https://other.example.com' }, 'invalid_target'],
  ])('is told what is wrong with %j', async (parameters, code) => {
    const asked = clientOf(client, method).obtain(parameters)
    const error = await asked.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ResponseBodyError)
    expect(error).toMatchObject({ status: 400, error: code })
  })
})
