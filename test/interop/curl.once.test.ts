import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import {
  contactsApi,
  createContactsApi,
  createCredential,
  type IssuedCredential,
} from '../support/credentials.ts'
import { runProgram } from '../support/external-program.ts'
import { type Pair, startTestServer, type TestServer } from '../support/server.ts'
import { requireSystemPackage } from '../support/system-packages.ts'

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
beforeEach((ctx) => requireSystemPackage(ctx, 'curl'))

/** Runs curl like the examples of the documentation. */
async function curl(path: string, args: readonly string[]) {
  const { code, stdout, stderr } = await runProgram('curl', {
    args: ['--silent', '--show-error', '--write-out', '\n%{http_code}', ...args, server.url + path],
  })
  if (code !== 0) throw new Error(`curl ended with ${code}: ${stderr}`)
  const end = stdout.lastIndexOf('\n')
  const text = stdout.slice(0, end)
  return { status: Number(stdout.slice(end + 1)), body: text === '' ? undefined : JSON.parse(text) }
}

const user = ({ clientId, clientSecret }: Pair) => ['-u', `${clientId}:${clientSecret}`]
const grant = ['-d', 'grant_type=client_credentials']
const data = (fields: Record<string, string>) =>
  Object.entries(fields).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`])

it('curl -u obtains a token', async () => {
  const { status, body } = await curl('/oauth/token', [...user(client), ...grant])
  expect([status, body.token_type, body.scope]).toEqual([
    200,
    'Bearer',
    'CONTACT_READ CONTACT_WRITE',
  ])
})

it('curl requests a narrower scope and a resource', async () => {
  const { body } = await curl('/oauth/token', [
    ...user(client),
    ...grant,
    ...data({ scope: 'CONTACT_WRITE CONTACT_READ', resource: contactsApi.identifier }),
  ])
  expect(body.scope.split(' ').sort()).toEqual(['CONTACT_READ', 'CONTACT_WRITE'])
  expect(decodeJwt(body.access_token).aud).toBe(contactsApi.identifier)
})

it('curl sends the client credentials in the body', async () => {
  const { status } = await curl('/oauth/token', [
    ...grant,
    ...data({ client_id: client.clientId, client_secret: client.clientSecret }),
  ])
  expect(status).toBe(200)
})

it('curl gets an OAuth error for a wrong secret or scope', async () => {
  const wrongUser = user({ ...client, clientSecret: otherClient.clientSecret })
  const wrong = await curl('/oauth/token', [...wrongUser, ...grant])
  expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client'])
  const ungranted = await curl('/oauth/token', [
    ...user(client),
    ...grant,
    ...data({ scope: 'CONTACT_DELETE' }),
  ])
  expect([ungranted.status, ungranted.body.error]).toEqual([400, 'invalid_scope'])
})

it('curl --oauth2-bearer uses a token for the management API until it is revoked', async () => {
  const { body } = await curl('/oauth/token', [...user(server.manager), ...grant])
  const list = () => curl('/v1/credentials', ['--oauth2-bearer', body.access_token])
  expect((await list()).status).toBe(200)
  await curl('/oauth/revoke', [...user(server.manager), '-d', `token=${body.access_token}`])
  expect((await list()).status).toBe(401)
})
