import { ClientCredentials } from 'simple-oauth2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contactsApi, createContactsApi, createCredential, type Issued } from '../support/issue.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Issued
let stranger: Issued

beforeAll(async () => {
  server = await startTestServer({ fakeClock: false })
  await createContactsApi(server)
  client = await createCredential(server, { permissions: ['CONTACT_READ', 'CONTACT_WRITE'] })
  stranger = await createCredential(server)
})
afterAll(() => server.close())

describe.each([
  ['header, percent-encoded', 'header', 'strict'],
  ['header, as it is', 'header', 'loose'],
  ['body', 'body', 'strict'],
] as const)('with the secret in the %s', (_, authorizationMethod, credentialsEncodingMode) => {
  const asClient = (secret: string) =>
    new ClientCredentials({
      client: { id: client.clientId, secret },
      auth: { tokenHost: server.url },
      options: { authorizationMethod, credentialsEncodingMode },
    })

  it('obtains a token, which it takes for unexpired', async () => {
    const obtained = await asClient(client.clientSecret).getToken({})
    expect(obtained.token).toMatchObject({
      access_token: expect.stringMatching(/^ey/),
      token_type: 'Bearer',
      expires_in: 3_600,
      scope: 'CONTACT_READ CONTACT_WRITE',
    })
    expect(obtained.expired()).toBe(false)
  })

  it('narrows the scope and names the resource', async () => {
    const parameters = { scope: ['CONTACT_READ'], resource: contactsApi.identifier }
    const { token } = await asClient(client.clientSecret).getToken(parameters)
    expect(token['scope']).toBe('CONTACT_READ')
  })

  it('is told that the secret is wrong', async () => {
    await expect(asClient(stranger.clientSecret).getToken({})).rejects.toMatchObject({
      output: { statusCode: 401 },
      data: { payload: { error: 'invalid_client' } },
    })
  })

  it('is told that the scope is not granted', async () => {
    const asked = asClient(client.clientSecret).getToken({ scope: 'CONTACT_DELETE' })
    await expect(asked).rejects.toMatchObject({
      output: { statusCode: 400 },
      data: { payload: { error: 'invalid_scope' } },
    })
  })
})
