import { createConnected, createIntegration, putConnection } from './integrations.ts'
import type { TestServer } from './server.ts'
import { startTokenServer } from './token-server.ts'

/** An integration whose calls can be signed for others, with shared values. */
export async function createSigningIntegration(
  server: TestServer,
): Promise<{ readonly id: string }> {
  const kind = 'hmac_sha256'
  const made = await createIntegration(server, { auth: { kind, scheme: 'simple', clientId: 'c' } })
  await putConnection(server, made, { auth: { kind, clientSecret: 'secret-of-the-tests' } })
  return made
}

/** An integration that a person has to sign in to, with shared values. */
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

/** An integration that fetches its tokens from a server of these tests, with shared values. */
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

/** An integration at an address of this machine where nobody answers, with shared values. */
export async function createUnreachableIntegration(
  server: TestServer,
): Promise<{ readonly id: string }> {
  return createConnected(server, { baseUrl: 'http://localhost:1' })
}

/** By the only name of this machine that test servers may call unless they say otherwise. */
function onThisMachine(origin: string): string {
  return origin.replace('127.0.0.1', 'localhost')
}
