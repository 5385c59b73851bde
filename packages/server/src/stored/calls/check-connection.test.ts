import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createIntegration, putConnection } from '../../../../../test/support/integrations.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'
import { echo, startUpstream, type Upstream } from '../../../../../test/support/upstream.ts'

const TOKEN = 'token-of-the-tests'

let upstream: Upstream
let server: TestServer
let id: string

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({
    env: { KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32,nobody.invalid' },
  })
})
afterAll(async () => {
  await server.close()
  await upstream.close()
})
beforeEach(async () => {
  upstream.respondWith(echo)
  id = (await createIntegration(server, { baseUrl: upstream.origin })).id
  await putConnection(server, { id })
})

const test = (body: object = {}, integration = id) =>
  server.send('POST', `/v1/integrations/${integration}/test`, {
    body: { method: 'GET', path: '/me', ...body },
  })
const connection = async () =>
  (await server.send('GET', `/v1/integrations/${id}/connections`)).body.data[0]
/** Returns name, outcome and code of each step. */
const outline = ({ body }: Awaited<ReturnType<typeof test>>) =>
  body.steps.map(({ step, ok, code }: Record<string, unknown>) => [step, ok, code])

describe('does', () => {
  it('a successful check reports each step without the secret, and sets the status to working', async () => {
    const response = await test()
    expect(response.body).toMatchObject({ ok: true, response: { status: 200 } })
    expect(outline(response)).toEqual([
      ['address', true, 'ok'],
      ['authentication', true, 'ok'],
      ['status', true, 'ok'],
    ])
    expect(response.body.response.preview).toMatch(/"authorization":\["\*{20,}"\]/)
    expect(response.text).not.toContain(TOKEN)
    expect(await connection()).toMatchObject({
      status: 'working',
      statusReason: null,
      testedAt: new Date(server.clock.now()).toISOString(),
    })
  })

  it.each([
    [401, 'rejected', 'http_401', 'needs_attention'],
    [403, 'rejected', 'http_403', 'needs_attention'],
    [404, 'ok', 'http_404', 'untested'],
    [400, 'ok', 'http_400', 'untested'],
    [429, 'ok', 'http_429', 'untested'],
    [500, 'ok', 'http_500', 'untested'],
    [503, 'ok', 'http_503', 'untested'],
  ])(
    'a response with status %s sets the authentication step, the status step and the connection status',
    async (status, signIn, code, found) => {
      upstream.respondWith((response) => response.writeHead(status).end())
      const result = await test()
      expect([result.body.ok, result.body.response.status]).toEqual([false, status])
      expect(outline(result).slice(1)).toEqual([
        ['authentication', signIn === 'ok', signIn],
        ['status', false, code],
      ])
      expect(await connection()).toMatchObject({
        status: found,
        statusReason: found === 'untested' ? null : 'rejected',
      })
    },
  )

  it('a redirect is not followed, and a redirect to another host has its own code', async () => {
    upstream.respondWith((response, { url }) => {
      const location = url === '/me' ? 'https://elsewhere.example/' : '/you'
      response.writeHead(302, { location }).end()
    })
    expect(outline(await test()).at(-1)).toEqual(['status', false, 'cross_origin_redirect'])
    expect(outline(await test({ path: '/' })).at(-1)).toEqual(['status', false, 'redirect'])
  })

  it('a successful check clears needs_attention', async () => {
    upstream.respondWith((response) => response.writeHead(401).end())
    await test()
    upstream.respondWith(echo)
    await test()
    expect((await connection()).status).toBe('working')
  })

  it('the preview contains at most 2,000 characters, and only of text', async () => {
    upstream.respondWith((response, { url }) => {
      response.setHeader('content-type', url === '/text' ? 'text/plain' : 'image/png')
      response.end('é'.repeat(1_990) + TOKEN + 'x'.repeat(100_000))
    })
    const { preview } = (await test({ path: '/text' })).body.response
    expect(preview).toBe('é'.repeat(1_990) + '*'.repeat(10))
    expect((await test({ path: '/image' })).body.response.preview).toBeNull()
  })

  it.each(['HEAD', 'OPTIONS', 'POST'])('a check can use %s', async (method) => {
    const { body } = await test({ method })
    expect([body.ok, upstream.received.at(-1)?.method]).toEqual([true, method])
  })
})

describe('rejects', () => {
  it('an unknown host, a closed port and a private address are reported as failed steps', async () => {
    const cases: [string, string][] = [
      ['https://nobody.invalid', 'host_not_found'],
      ['http://127.0.0.1:1', 'connection_refused'],
    ]
    for (const [baseUrl, code] of cases) {
      const made = await createIntegration(server, { baseUrl, auth: { kind: 'none' } })
      const response = await test({}, made.id)
      expect([response.status, outline(response), response.body.response]).toEqual([
        200,
        [['address', false, code]],
        null,
      ])
    }
  })

  it('a closed connection is reported as connection_closed', async () => {
    upstream.respondWith((response) => void response.destroy())
    const result = await test()
    expect(outline(result).at(-1)).toEqual(['status', false, 'connection_closed'])
    expect((await connection()).status).toBe('untested')
  })

  it('a connection without credentials cannot be checked', async () => {
    const made = await createIntegration(server, { baseUrl: upstream.origin })
    expect((await test({}, made.id)).body.code).toBe('connection_missing')
  })

  it('a path that leaves the base URL gets invalid_request', async () => {
    const baseUrl = `${upstream.origin}/v2`
    const made = await createIntegration(server, { baseUrl, auth: { kind: 'none' } })
    expect((await test({ path: '/../admin' }, made.id)).body.code).toBe('invalid_request')
  })
})

describe('records', () => {
  it('one audit event records the connection and the result', async () => {
    const { id: connectionId } = await connection()
    await test()
    upstream.respondWith((response) => response.writeHead(401).end())
    await test()
    const { body, text } = await server.send('GET', `/v1/audit-events?targetId=${connectionId}`)
    const events = body.data.filter(
      ({ action }: { action: string }) => action === 'connection.tested',
    )
    expect(events).toMatchObject([
      { target: { type: 'connection', id: connectionId }, reason: 'rejected' },
      { target: { type: 'connection', id: connectionId }, reason: null },
    ])
    expect(text).not.toContain(TOKEN)
  })
})
