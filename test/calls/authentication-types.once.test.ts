import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AuthenticationType, authenticationTypes } from '../support/authentication-types.ts'
import { createIntegration, putConnection } from '../support/integrations.ts'
import { callProxy } from '../support/isolated-proxy.ts'
import { basic, startTestServer, type TestServer } from '../support/server.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

// Every authentication type, from the management API to an upstream that verifies the request. No
// secret is returned.

let upstream: Upstream
let server: TestServer

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({
    env: { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32' },
  })
})
afterAll(async () => {
  await server.close()
  await upstream.close()
})
beforeEach(() => void upstream.received.splice(0))

async function connect(
  kind: string,
  { settings = {}, values }: AuthenticationType,
): Promise<string> {
  const auth = { kind: kind.replace(/[ ,].*$/, ''), ...settings }
  const { id } = await createIntegration(server, { baseUrl: `${upstream.origin}/v1`, auth })
  if (kind !== 'none') await putConnection(server, { id }, { auth: { kind: auth.kind, ...values } })
  return id
}

const call = (id: string, method: string, body?: string) =>
  callProxy(`${server.url}/proxy/${id}`, '/things%2F1?q=1', {
    method,
    headers: ['Authorization', basic(server.manager), 'X-Api-Key', 'of-the-caller'],
    ...(body === undefined ? {} : { body }),
  })

describe('does', () => {
  it.each(Object.entries<AuthenticationType>(authenticationTypes))(
    '%s: the upstream accepts the call',
    async (name, kind) => {
      const id = await connect(name, kind)
      for (const [method, body] of [['GET'], ['POST', '{"a":1}'], ['DELETE', '']] as const) {
        upstream.received.splice(0)
        const { status } = await call(id, method, body)
        const [received] = upstream.received
        expect([status, upstream.received.length]).toEqual([200, 1])
        expect(received?.url.startsWith('/v1/things%2F1?q=1')).toBe(true)
        expect(received !== undefined && kind.isAuthentic(received)).toBe(true)
        expect(received?.body.toString()).toBe(body ?? '')
      }
    },
  )
})

describe('rejects', () => {
  const encodings = Object.entries({
    unchanged: (text: string) => text,
    'in JSON': (text: string) => JSON.stringify(text),
    'percent-encoded': (text: string) => encodeURIComponent(text),
    'in base64': (text: string) => Buffer.from(text).toString('base64'),
    'in hexadecimal': (text: string) => Buffer.from(text).toString('hex'),
  })

  it.each(Object.entries<AuthenticationType>(authenticationTypes))(
    '%s: the caller does not get the secret when the upstream echoes it, in any encoding',
    async (name, kind) => {
      const id = await connect(name, kind)
      for (const [encodingName, encode] of encodings) {
        upstream.respondWith((response, { url, headers, body }) => {
          const seen = [
            url,
            ...Object.entries(headers).map(([key, all]) => `${key}: ${all.join()}`),
          ]
          const values = Object.values(headers).flat()
          const text = [...values.map(encode), encode(`${seen.join('\n')}${body.toString()}`)].join(
            '\n',
          )
          const printable =
            encodingName === 'unchanged' || encodingName === 'in JSON' ? values[0] : encode(url)
          response.writeHead(302, {
            'content-type': 'text/plain',
            location: `https://elsewhere.example/?back=${encodeURIComponent(url)}`,
            'x-echo': printable,
          })
          // A chunk boundary in the middle of the secret.
          response.write(text.slice(0, text.length / 2))
          setTimeout(() => response.end(text.slice(text.length / 2)), 1)
        })
        const { status, headers, text } = await call(id, 'POST', '{}')
        const seen = `${JSON.stringify(headers)}\n${text}`
        expect([encodingName, status]).toEqual([encodingName, 302])
        for (const secret of kind.secrets)
          for (const [, encodeSecret] of encodings)
            expect([encodingName, seen.includes(encodeSecret(secret))]).toEqual([
              encodingName,
              false,
            ])
        // RFC 7617: user name and password are one text in the header.
        if (name === 'basic')
          for (const secret of kind.secrets)
            expect(seen).not.toContain(Buffer.from(`ada:${secret}`).toString('base64').slice(0, 24))
      }
    },
  )

  it('secrets are in no log, no audit event and no response', async () => {
    const audit = await server.send('GET', '/v1/audit-events?limit=100')
    const shown = await server.send('GET', '/v1/integrations?limit=100')
    const text = [...server.logLines, audit.text, shown.text].join('\n')
    for (const { secrets } of Object.values<AuthenticationType>(authenticationTypes))
      for (const secret of secrets.filter((each) => each !== 'identity-1'))
        for (const [, encode] of encodings) expect(text).not.toContain(encode(secret))
  })
})
