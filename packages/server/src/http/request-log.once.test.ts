import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { exchangeRaw } from '../../../../test/support/raw-exchange.ts'
import { basic, startTestServer, type TestServer } from '../../../../test/support/server.ts'

let server: TestServer
let verbose: TestServer
beforeAll(async () => {
  server = await startTestServer()
  verbose = await startTestServer({ env: { KEYPORTER_LOG_LEVEL: 'debug' } })
})
afterAll(async () => {
  await server.close()
  await verbose.close()
})
const seen = new Map<TestServer, number>()
beforeEach(() => {
  for (const each of [server, verbose]) seen.set(each, each.logLines.length)
})

const newLines = (of: TestServer) => of.logLines.slice(seen.get(of)).map((line) => JSON.parse(line))
const requestLines = (of: TestServer) => newLines(of).filter(({ msg }) => msg === 'request')
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const wrong = (of: TestServer) => basic({ ...of.manager, clientSecret: 'wrong' })

describe('a rejected request', () => {
  it.each([
    ['POST', '/oauth/token', 401, 'invalid_client'],
    ['POST', '/oauth/introspect', 401, 'invalid_client'],
    ['POST', '/oauth/revoke', 401, 'invalid_client'],
    ['POST', '/v1/verify', 401, 'invalid_token'],
    ['GET', '/v1/credentials', 401, 'invalid_token'],
    ['GET', '/proxy/intg_unknown/path', 401, 'invalid_token'],
    ['GET', '/nothing', 404, 'not_found'],
    ['DELETE', '/oauth/token', 405, 'method_not_allowed'],
    ['GET', '/v1/%zz', 400, 'invalid_request'],
  ])('of %s %s writes one line with the request id of the response', async (...row) => {
    const [method, path, status, code] = row
    const startedMs = performance.now()
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        authorization: wrong(server),
        ...(path.startsWith('/oauth/') ? FORM : { 'content-type': 'application/json' }),
      },
      ...(method === 'POST' ? { body: path.startsWith('/oauth/') ? 'token=x' : '{}' } : {}),
    })
    expect(response.status).toBe(status)
    const lines = requestLines(server)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ level: 'info', method, status, code })
    expect(lines[0].requestId).toBe(response.headers.get('x-request-id'))
    expect(lines[0].milliseconds).toBeLessThanOrEqual(Math.ceil(performance.now() - startedMs))
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('without a Host header writes one line', async () => {
    await exchangeRaw(server.url, 'GET /v1/verify HTTP/1.0\r\nConnection: close\r\n\r\n')
    expect(requestLines(server)).toMatchObject([{ status: 400, code: 'invalid_request' }])
  })

  it('names the caller where the caller was authenticated', async () => {
    await server.send('GET', '/v1/credentials/cred_unknown')
    expect(requestLines(server)).toMatchObject([
      { status: 404, code: 'not_found', actor: expect.stringMatching(/^cred_/) },
    ])
  })
})

describe('a successful request', () => {
  const mint = (of: TestServer) =>
    fetch(`${of.url}/oauth/token`, {
      method: 'POST',
      headers: { ...FORM, authorization: basic(of.manager) },
      body: 'grant_type=client_credentials',
    })

  it('of the management API writes one line, with the trace id of the caller', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    await server.send('GET', '/v1/credentials', {
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    })
    expect(requestLines(server)).toMatchObject([{ level: 'info', status: 200, traceId }])
  })

  it('of a hot path writes no line at level info', async () => {
    expect((await mint(server)).status).toBe(200)
    expect((await fetch(`${server.url}/livez`)).status).toBe(200)
    expect(newLines(server)).toEqual([])
  })

  it('of a hot path writes one line at level debug', async () => {
    const response = await mint(verbose)
    expect(requestLines(verbose)).toMatchObject([
      {
        level: 'debug',
        route: '/oauth/token',
        status: 200,
        requestId: response.headers.get('x-request-id'),
      },
    ])
  })
})
