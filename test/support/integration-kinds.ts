import { createConnected, createIntegration, putConnection } from './integrations.ts'
import type { TestServer } from './server.ts'
import { startTokenServer } from './token-server.ts'

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
  tokenUrl ??= startTokenServer().then(({ origin }) => `${onThisMachine(origin)}/token`)
  const auth = { kind, tokenUrl: await tokenUrl, clientId: 'c' }
  const made = await createIntegration(server, { auth })
  await putConnection(server, made, { auth: { kind, clientSecret: 'secret-of-the-tests' } })
  return made
}

/** Creates an integration with shared secrets at a local address on which no server listens. */
export async function createUnreachableIntegration(
  server: TestServer,
): Promise<{ readonly id: string }> {
  return createConnected(server, { baseUrl: 'http://localhost:1' })
}

/** Upstreams of tests are allowed by this name only. */
function onThisMachine(origin: string): string {
  return origin.replace('127.0.0.1', 'localhost')
}
