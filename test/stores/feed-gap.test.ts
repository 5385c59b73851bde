import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  type IssuedCredential,
  requestToken,
} from '../support/credentials.ts'
import { createSigningIntegration, type TestIntegration } from '../support/integrations.ts'
import { runSql } from '../support/raw-sql.ts'
import { basic, startTestServer, type TestServer } from '../support/server.ts'

// Each test changes rows as another node does whose change records were deleted before this node
// read them, for example while its machine was suspended for more than a day.

let server: TestServer
let credential: IssuedCredential
let token: string
let integration: Pick<TestIntegration, 'id'>

beforeAll(async () => {
  server = await startTestServer()
  await createContactsApi(server)
})
afterAll(() => server.close())
beforeEach(async () => {
  credential = await createCredential(server)
  token = await requestToken(server, credential)
  integration = await createSigningIntegration(server)
})

/** Runs statements of another node, and deletes its change records but the newest. */
async function changeUnseen(...statements: readonly string[]): Promise<void> {
  const record = `insert into changes (kind, organization_id, subject_id, at) values ('api.changed', 'org_other', 'api_other', 1)`
  await runSql(
    server,
    ...statements,
    record,
    record,
    record,
    'delete from changes where seq < (select max(seq) from changes)',
  )
  // SQLite has one process, which reads the feed after its own commits.
  await createCredential(server)
}

const verify = async (authorization: string) =>
  (await server.send('POST', '/v1/verify', { body: { authorization } })).body
const sign = async () =>
  server.send('POST', `/v1/integrations/${integration.id}/sign`, {
    body: { method: 'GET', path: '/x' },
  })

/** A change of another node, and the request that it forbids. */
const cases: Readonly<
  Record<string, { readonly change: () => string; readonly isPossible: () => Promise<boolean> }>
> = {
  'a revoked credential, used directly': {
    change: () => `update credentials set revoked_at = 1 where id = '${credential.id}'`,
    isPossible: async () => (await verify(basic(credential))).valid,
  },
  'a revoked credential, used with a token': {
    change: () => `update credentials set revoked_at = 1 where id = '${credential.id}'`,
    isPossible: async () => (await verify(`Bearer ${token}`)).valid,
  },
  'a revoked token': {
    change: () =>
      `insert into revoked_tokens (jti, credential_id, organization_id, revoked_at, expires_at)
       values ('${jtiOf(token)}', '${credential.id}', 'o', 1, ${server.clock.now() + 3_600_000})`,
    isPossible: async () => (await verify(`Bearer ${token}`)).valid,
  },
  'a deleted connection': {
    change: () => `delete from connections where integration_id = '${integration.id}'`,
    isPossible: async () => (await sign()).status < 300,
  },
}

describe('after a gap in the change feed, the next request is rejected for', () => {
  for (const [name, { change, isPossible }] of Object.entries(cases)) {
    it(name, async () => {
      expect(await isPossible()).toBe(true)
      await changeUnseen(change())
      expect(await isPossible()).toBe(false)
    })
  }
})

function jtiOf(jwt: string): string {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()).jti
}
