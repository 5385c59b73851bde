import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyRoutes, listTextFields, withValueAt } from '../support/body-fields.ts'
import { exchangeRaw } from '../support/raw-exchange.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { basic, startTestServer, type TestServer } from '../support/server.ts'

// Each log line is one JSON object with known fields; no request can forge a line or add a field.

let server: TestServer
let requests: RouteRequests

beforeAll(async () => {
  server = await startTestServer({ env: { KEYPORTER_LOG_LEVEL: 'debug' } })
  requests = await prepareRequests(server)
})
afterAll(() => server.close())

const FORGED = '{"level":"info","message":"forged"}'
const injection = `x\r\n${FORGED}\n\u001b[2J\u001b[31m\u0007\u2028`

const fields = new Set([
  'level',
  'time',
  'msg',
  'requestId',
  'traceId',
  'method',
  'route',
  'status',
  'milliseconds',
  'actor',
  'organizationId',
  'credentialId',
  'code',
  'fault',
])

/** Checks every line that the server has logged so far. */
function expectCleanLog(): void {
  for (const line of server.logLines) {
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
    const entry: object = JSON.parse(line)
    expect(Object.keys(entry).filter((name) => !fields.has(name))).toEqual([])
    expect(line).not.toContain('forged')
  }
}

describe('a log line is one JSON object', () => {
  it('for any text in the fields of a body', async () => {
    for (const route of bodyRoutes) {
      if (route.operationId === 'importApi') continue
      for (const { path } of listTextFields(route)) {
        const { body } = await requests.create(route)
        await requests.send(route, { body: withValueAt(body, path, injection) })
      }
      await requests.send(route, { body: { [injection]: injection } })
      await requests.send(route, { body: `{"a":${injection}` })
    }
    expect(server.logLines.length).toBeGreaterThan(50)
    expectCleanLog()
  })

  it('for any text in the URL', async () => {
    const encoded = encodeURIComponent(injection)
    for (const path of [
      `/${encoded}`,
      `/v1/credentials/${encoded}`,
      `/v1/credentials?q=${encoded}`,
      `/v1/credentials?${encoded}=1`,
      `/oauth/token?${encoded}`,
      `/v1/members/${encoded}/invitation`,
    ]) {
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) await server.send(method, path)
    }
    // Bytes that no client library sends.
    for (const target of ['/\u001b[2J', `/v1/\t${FORGED}`, '/%0d%0a\x80\xff'])
      await exchangeRaw(
        server.url,
        `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      )
    expectCleanLog()
  })

  it('for any text in the headers', async () => {
    const text = `x${FORGED}\u0080\u009b31m`
    for (const name of [
      'User-Agent',
      'X-Request-Id',
      'X-Forwarded-For',
      'Forwarded',
      'Referer',
      'Accept',
      'Idempotency-Key',
      'If-Match',
      'Content-Type',
      'Origin',
      'Cookie',
      'traceparent',
    ]) {
      const head = `POST /v1/credentials HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(server.manager)}\r\nConnection: close\r\n`
      await exchangeRaw(server.url, `${head}Content-Length: 2\r\n${name}: ${text}\r\n\r\n{}`)
      await exchangeRaw(server.url, `${head}${name}: a\n${text}\r\n\r\n`)
    }
    for (const authorization of [`Bearer ${text}`, `Basic ${btoa(`${FORGED}:x`)}`, text]) {
      const head = `GET /v1/credentials HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`
      await exchangeRaw(server.url, `${head}Authorization: ${authorization}\r\n\r\n`)
    }
    expectCleanLog()
  })

  it('in the audit log as NDJSON too', async () => {
    const { text } = await server.send('GET', '/v1/audit-events', {
      headers: { accept: 'application/x-ndjson' },
    })
    for (const line of text.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('hash')
  })
})
