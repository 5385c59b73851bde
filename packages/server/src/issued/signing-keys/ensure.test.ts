import { afterAll, beforeAll, expect, it } from 'vitest'
import { listAuditEvents } from '../../../../../test/support/people.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'
import { ensureSigningKey } from './ensure.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

it('concurrent calls create exactly one first key, and none fails', async () => {
  const ctx = server.program.systemContext(server.operatorId)
  await Promise.all(Array.from({ length: 5 }, () => ensureSigningKey(ctx, 'EdDSA')))
  const rows = await ctx.db
    .selectFrom('signingKeys')
    .select('kid')
    .where('algorithm', '=', 'EdDSA')
    .execute()
  expect(rows).toHaveLength(1)
  const events = await listAuditEvents(server, 'signing_key.created')
  expect(events.filter(({ target }) => target.name === 'EdDSA')).toHaveLength(1)
})
