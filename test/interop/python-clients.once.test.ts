import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  contactsApi,
  createContactsApi,
  createCredential,
  type IssuedCredential,
} from '../support/credentials.ts'
import { python, runJsonProgram } from '../support/external-program.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { requireSystemPackage } from '../support/system-packages.ts'

const methods = ['client_secret_basic', 'client_secret_post'] as const

type ResponseBody = Readonly<Record<string, unknown>>

/** The result that each program writes as JSON. */
type Outcome = Readonly<
  Record<
    | 'token'
    | 'narrowed'
    | 'resource'
    | 'wrongSecret'
    | 'ungrantedScope'
    | 'wrongResource'
    | 'introspectedByItself'
    | 'introspectedByManager'
    | 'introspectedAfterwards',
    ResponseBody
  >
> & { readonly revocation: number }

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

async function runClient(program: string): Promise<Readonly<Record<string, Outcome>>> {
  const metadata = await server.send('GET', '/.well-known/oauth-authorization-server', { as: null })
  return runJsonProgram(python(), {
    args: [join(import.meta.dirname, 'programs', program)],
    // OAuthlib requires HTTPS unless this variable is set.
    env: { OAUTHLIB_INSECURE_TRANSPORT: '1' },
    input: {
      metadata: metadata.body,
      methods,
      clientId: client.clientId,
      clientSecret: client.clientSecret,
      wrongSecret: otherClient.clientSecret,
      managerId: server.manager.clientId,
      managerSecret: server.manager.clientSecret,
      resource: contactsApi.identifier,
    },
  })
}

describe.each([
  ['Authlib', ['python3-authlib', 'python3-requests'], 'client-authlib.py'],
  ['Requests-OAuthlib', ['python3-requests-oauthlib'], 'client-requests-oauthlib.py'],
])('%s', (_, packages, program) => {
  let running: Promise<Readonly<Record<string, Outcome>>> | undefined
  beforeEach((ctx) => {
    for (const name of packages) requireSystemPackage(ctx, name)
  })

  /** Runs one process for all tests, because starting Python takes most of the time. */
  async function outcomeBy(method: string): Promise<Outcome> {
    running ??= runClient(program)
    const outcome = (await running)[method]
    if (outcome === undefined) throw new Error(`${program} returned no result for ${method}`)
    return outcome
  }

  describe.each(methods)('with %s', (method) => {
    it('obtains a token with all granted permissions', async () => {
      const { token } = await outcomeBy(method)
      expect(token).toMatchObject({
        token_type: 'Bearer',
        expires_in: 3_600,
        scope: 'CONTACT_READ CONTACT_WRITE',
      })
    })

    it('requests a narrower scope and a resource', async () => {
      const { narrowed, resource } = await outcomeBy(method)
      expect(decodeJwt(String(narrowed['access_token']))['scope']).toBe('CONTACT_WRITE')
      expect(decodeJwt(String(resource['access_token'])).aud).toBe(contactsApi.identifier)
    })

    it('reports the OAuth error and its description', async () => {
      const outcome = await outcomeBy(method)
      expect(outcome.wrongSecret['error']).toBe('invalid_client')
      expect(outcome.ungrantedScope['error']).toBe('invalid_scope')
      expect(outcome.wrongResource['error']).toBe('invalid_target')
      for (const { description } of [outcome.wrongSecret, outcome.ungrantedScope]) {
        expect(description).toMatch(/\w \w/)
      }
    })

    it('introspects its own token, and a management client any token', async () => {
      const { introspectedByItself, introspectedByManager } = await outcomeBy(method)
      for (const introspection of [introspectedByItself, introspectedByManager]) {
        expect(introspection).toMatchObject({
          active: true,
          client_id: client.clientId,
          sub: client.clientId,
        })
      }
    })

    it('revokes its token, which becomes inactive', async () => {
      const { revocation, introspectedAfterwards } = await outcomeBy(method)
      expect(revocation).toBe(200)
      expect(introspectedAfterwards).toEqual({ active: false })
    })
  })
})
