import { ClientCredentials } from 'simple-oauth2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  contactsApi,
  createContactsApi,
  createCredential,
  type IssuedCredential,
} from '../support/credentials.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: IssuedCredential
let otherClient: IssuedCredential

beforeAll(async () => {
  server = await startTestServer({ fakeClock: false })
  await createContactsApi(server)
  client = await createCredential(server, { permissions: ['CONTACT_READ', 'CONTACT_WRITE'] })
  otherClient = await createCredential(server)
})
afterAll(() => server.close())

describe.each([
  ['header, percent-encoded', 'header', 'strict'],
  ['header, not encoded', 'header', 'loose'],
  ['body', 'body', 'strict'],
] as const)('with the secret in the %s', (_, authorizationMethod, credentialsEncodingMode) => {
  const asClient = (secret: string) =>
    new ClientCredentials({
      client: { id: client.clientId, secret },
      auth: { tokenHost: server.url },
      options: { authorizationMethod, credentialsEncodingMode },
    })

  it('the client obtains a token that has not expired', async () => {
    const obtained = await asClient(client.clientSecret).getToken({})
    expect(obtained.token).toMatchObject({
      access_token: expect.stringMatching(/^ey/),
      token_type: 'Bearer',
      expires_in: 3_600,
      scope: 'CONTACT_READ CONTACT_WRITE',
    })
    expect(obtained.expired()).toBe(false)
  })

  it('the client requests a narrower scope and a resource', async () => {
    const parameters = { scope: ['CONTACT_READ'], resource: contactsApi.identifier }
    const { token } = await asClient(client.clientSecret).getToken(parameters)
    expect(token['scope']).toBe('CONTACT_READ')
  })

  it('the client gets an OAuth error for a wrong secret', async () => {
    await expect(asClient(otherClient.clientSecret).getToken({})).rejects.toMatchObject({
      output: { statusCode: 401 },
      data: { payload: { error: 'invalid_client' } },
    })
  })

  it('the client gets an OAuth error for a scope that is not granted', async () => {
    const pending = asClient(client.clientSecret).getToken({ scope: 'CONTACT_DELETE' })
    await expect(pending).rejects.toMatchObject({
      output: { statusCode: 400 },
      data: { payload: { error: 'invalid_scope' } },
    })
  })
})
