import type { Pair, TestServer } from './server.ts'
import { startTokenServer } from './token-server.ts'

/** The properties of an integration that tests need. */
export type TestIntegration = { readonly id: string; readonly version: number }

/** Creates an integration. Default: one shared bearer token. */
export async function createIntegration(
  server: TestServer,
  changes: object = {},
  as: Pair = server.manager,
): Promise<TestIntegration> {
  const response = await server.send('POST', '/v1/integrations', {
    as,
    body: {
      name: 'Weather',
      baseUrl: 'https://api.example.com/v2',
      contentType: 'json',
      auth: { kind: 'bearer' },
      ...changes,
    },
  })
  if (response.status !== 201) throw new Error(`integration not created: ${response.text}`)
  return response.body
}

/** Stores secrets for an integration. Default: a bearer token for all organizations. */
export async function putConnection(
  server: TestServer,
  { id }: Pick<TestIntegration, 'id'>,
  {
    owner = 'shared',
    as = server.manager,
    ...body
  }: { readonly owner?: string; readonly as?: Pair; readonly [field: string]: unknown } = {},
): Promise<{ readonly id: string; readonly version: number }> {
  const response = await server.send('PUT', `/v1/integrations/${id}/connections/${owner}`, {
    as,
    body: { auth: { kind: 'bearer', token: 'token-of-the-tests' }, ...body },
  })
  if (response.status >= 300) throw new Error(`secrets not stored: ${response.text}`)
  return response.body
}

/** Creates an integration with shared secrets. */
export async function createConnectedIntegration(
  server: TestServer,
  changes: object = {},
): Promise<TestIntegration> {
  const made = await createIntegration(server, changes)
  await putConnection(server, made)
  return made
}

/** Creates an integration whose calls Keyporter can sign for the caller, with shared secrets. */
export async function createSigningIntegration(
  server: TestServer,
): Promise<{ readonly id: string }> {
  const kind = 'hmac_sha256'
  const made = await createIntegration(server, { auth: { kind, scheme: 'simple', clientId: 'c' } })
  await putConnection(server, made, { auth: { kind, clientSecret: 'secret-of-the-tests' } })
  return made
}

/** Creates an integration that requires a member's consent, with shared secrets. */
export async function createConsentIntegration(
  server: TestServer,
): Promise<{ readonly id: string }> {
  const kind = 'oauth2_authorization_code'
  const made = await createIntegration(server, {
    auth: {
      kind,
      authorizationUrl: 'https://id.example.com/authorize',
      tokenUrl: 'https://id.example.com/token',
      clientId: 'c',
    },
  })
  await putConnection(server, made, { auth: { kind, clientSecret: 'secret-of-the-tests' } })
  return made
}

let tokenUrl: Promise<string> | undefined

/** Creates an integration that fetches tokens from a test server, with shared secrets. */
export async function createTokenFetchingIntegration(
  server: TestServer,
): Promise<{ readonly id: string }> {
  const kind = 'oauth2_client_credentials'
  tokenUrl ??= startTokenServer().then(({ origin }) => `${withLocalhost(origin)}/token`)
  const auth = { kind, tokenUrl: await tokenUrl, clientId: 'c' }
  const made = await createIntegration(server, { auth })
  await putConnection(server, made, { auth: { kind, clientSecret: 'secret-of-the-tests' } })
  return made
}

/** Creates an integration with shared secrets at a local address on which no server listens. */
export async function createUnreachableIntegration(
  server: TestServer,
): Promise<{ readonly id: string }> {
  return createConnectedIntegration(server, { baseUrl: 'http://localhost:1' })
}

/** Upstreams of tests are allowed by this name only. */
function withLocalhost(origin: string): string {
  return origin.replace('127.0.0.1', 'localhost')
}
