import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContactsApi, createCredential } from './support/credentials.ts'
import { countHmacs, type HmacCounter } from './support/hmac-counter.ts'
import { type Pair, startTestServer, type TestResponse, type TestServer } from './support/server.ts'
import { recordStatements, type StatementRecorder } from './support/statement-recorder.ts'

// Unknown, wrong, revoked and expired clients cause the same response and the same number of reads and digests, so
// neither the response nor its time shows the reason. The test prints the times but does not check them.

const ROUNDS = 300

let server: TestServer
let store: StatementRecorder
let digests: HmacCounter
let rejectedClients: readonly (readonly [string, Pair])[]

beforeAll(async () => {
  server = await startTestServer({
    overrides: { failuresMax: { perClient: 1_000_000, perNetwork: 1_000_000 } },
  })
  await createContactsApi(server)
  const known = await createCredential(server)
  const revoked = await createCredential(server)
  const expired = await createCredential(server, {
    expiresAt: new Date(server.clock.now() + 1_000).toISOString(),
  })
  await server.send('POST', `/v1/credentials/${revoked.id}/revoke`, { body: {} })
  server.clock.move(2_000)
  const { clientSecret } = await createCredential(server)
  rejectedClients = [
    ['unknown client', { clientId: 'kpc_live_0123456789abcdefghij', clientSecret }],
    ['wrong secret', { clientId: known.clientId, clientSecret }],
    ['revoked', revoked],
    ['expired', expired],
  ]
  store = recordStatements()
  digests = countHmacs()
})
afterAll(async () => {
  digests.stop()
  store.stop()
  await server.close()
})

const endpoints: Readonly<Record<string, (pair: Pair) => Promise<TestResponse>>> = {
  '/oauth/token': (as) =>
    server.send('POST', '/oauth/token', { as, form: { grant_type: 'client_credentials' } }),
  '/oauth/introspect': (as) =>
    server.send('POST', '/oauth/introspect', { as, form: { token: 'x' } }),
  '/v1/credentials': (as) => server.send('GET', '/v1/credentials', { as }),
}

describe.each(Object.entries(endpoints))('at %s', (path, send) => {
  it('every rejected client causes the same reads and digests, and gets the same response', async () => {
    // The first rejection of a burst writes an audit event, for any client.
    for (const [, pair] of rejectedClients) await send(pair)
    const work = new Map<string, Set<string>>()
    const times = new Map<string, number[]>()
    const rounds = path === '/oauth/token' ? ROUNDS : 20
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, pair] of rejectedClients) {
        store.clear()
        digests.clear()
        const startedAt = performance.now()
        const response = await send(pair)
        times.set(name, [...(times.get(name) ?? []), performance.now() - startedAt])
        const result = JSON.stringify({
          statements: store.statements(),
          digests: digests.count(),
          status: response.status,
          body: response.text.replaceAll(/req_\w+/g, ''),
        })
        work.set(name, (work.get(name) ?? new Set()).add(result))
      }
    }
    const [first] = work.get('unknown client') ?? []
    expect(first).toContain('select')
    expect(first).toContain('"digests":1')
    for (const [name] of rejectedClients)
      expect([name, [...(work.get(name) ?? [])]]).toEqual([name, [first]])
    const medians = [...times].map(([name, all]) => `${name} ${median(all).toFixed(2)} ms`)
    process.stdout.write(`${path}: medians of ${rounds}: ${medians.join(', ')}\n`)
  })
})

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
