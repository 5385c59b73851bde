import { afterAll, beforeAll, expect, it } from 'vitest'
import { createContactsApi, createCredential, requestToken } from './support/credentials.ts'
import { startTestServer, type TestServer } from './support/server.ts'

const TOKEN = 'a metrics token of some length'
let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ env: { KEYPORTER_METRICS_TOKEN: TOKEN } })
})
afterAll(() => server.close())

it('the metrics count requests by route and uses by outcome, and contain no ids', async () => {
  await createContactsApi(server)
  const client = await createCredential(server)
  await requestToken(server, client)
  await server.send('GET', `/v1/credentials/${client.id}`)
  const { text, status } = await server.send('GET', '/metrics', { as: TOKEN })
  expect(status).toBe(200)
  expect(text).toContain('keyporter_credential_uses_total{outcome="token_issued"} 1')
  expect(text).toMatch(
    /http_server_request_duration_seconds_count\{[^}]*http_route="\/v1\/credentials\/:id"[^}]*\} 1/,
  )
  expect(text).toMatch(
    /http_server_request_duration_seconds_count\{[^}]*http_route="\/oauth\/token",http_response_status_code="200"\} 1/,
  )
  expect(text).not.toContain(client.id)
})

it('/metrics is 404 without the metrics token, and when no token is configured', async () => {
  for (const as of [null, 'wrong', server.manager])
    expect((await server.send('GET', '/metrics', { as })).status).toBe(404)
  const unconfigured = await startTestServer()
  expect((await unconfigured.send('GET', '/metrics', { as: TOKEN })).status).toBe(404)
  await unconfigured.close()
})
