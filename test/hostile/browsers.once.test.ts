import { type Route, routeList } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addPerson, listAuditEvents, PASSWORD, type Person } from '../support/people.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'

// Cross-origin requests with a session cookie, and the security headers of every response.

let server: TestServer
let requests: RouteRequests
let person: Person

beforeAll(async () => {
  server = await startTestServer({ env: { KEYPORTER_PUBLIC_URL: 'https://keys.example.com' } })
  requests = await prepareRequests(server)
  person = await addPerson(server, {
    privileges: [
      'credentials.view',
      'credentials.manage',
      'members.manage',
      'apis.manage',
      'integrations.view',
      'integrations.manage',
      'organization.manage',
      'audit.view',
    ],
  })
})
afterAll(() => server.close())

const changes = routeList.filter(({ method }) => method !== 'GET')
// A verification changes no state, and no other origin can read its response.
const signedIn = changes.filter(
  ({ access, operationId }) => access !== 'public' && operationId !== 'verify',
)

/** Sends a request with the person's session cookie, like a browser. */
async function asPerson(
  route: Route,
  headers: Record<string, string>,
  more: { readonly body?: unknown } = {},
): Promise<TestResponse> {
  return requests.send(route, { who: { as: null, cookie: person.cookie }, headers, ...more })
}

const foreign: Readonly<Record<string, Record<string, string>>> = {
  'another origin': { origin: 'https://evil.example' },
  'a sandboxed frame': { origin: 'null' },
  'the same host without TLS': { origin: 'http://keys.example.com' },
  'another port': { origin: 'https://keys.example.com:8443' },
  'a host with the same prefix': { origin: 'https://keys.example.com.evil.example' },
  'a sibling site': { 'sec-fetch-site': 'same-site' },
  'another site': { 'sec-fetch-site': 'cross-site' },
  'another site that sends the public origin': {
    'sec-fetch-site': 'cross-site',
    origin: 'https://keys.example.com',
  },
}

describe.each(signedIn.map((route) => [route.operationId, route] as const))(
  '%s',
  (_operation, route) => {
    it.each(Object.entries(foreign))(
      'with a session cookie, sent by a page of %s, is rejected with 403',
      async (_name, headers) => {
        const response = await asPerson(route, headers)
        expect([response.status, response.body.code]).toEqual([403, 'cross_origin'])
      },
    )
  },
)

describe('a form of another origin', () => {
  // HTML forms send GET and POST only; other methods need a CORS preflight, which fails.
  it.each(
    signedIn
      .filter(({ method }) => method === 'POST')
      .map((route) => [route.operationId, route] as const),
  )('cannot call %s', async (_operation, route) => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const response = await asPerson(
        route,
        { 'content-type': type },
        { body: '{"name":"x","a":"="}' },
      )
      expect([type, response.status]).toEqual([type, 415])
    }
  })
})

describe('signing in', () => {
  const body = () => ({ email: person.email, password: PASSWORD })

  it('rejects a form of another origin, which would sign a victim in as the attacker', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const response = await server.send('POST', '/v1/sessions', {
        as: null,
        body: JSON.stringify(body()),
        headers: { 'content-type': type },
      })
      expect([response.status, response.headers.getSetCookie()]).toEqual([
        expect.toBeOneOf([400, 415]),
        [],
      ])
    }
  })

  it.each(Object.entries(foreign))('rejects a page of %s', async (_name, headers) => {
    const response = await server.send('POST', '/v1/sessions', { as: null, body: body(), headers })
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []])
  })
})

describe('a change with a session cookie', () => {
  it('is accepted from the console and from clients other than browsers', async () => {
    const send = (headers: Record<string, string>) =>
      person.send('PATCH', `/v1/credentials/${requests.ids['credentials']}`, {
        body: { notes: 'x' },
        headers,
      })
    expect((await send({})).status).toBe(200)
    expect(
      (await send({ origin: 'https://keys.example.com', 'sec-fetch-site': 'same-origin' })).status,
    ).toBe(200)
    expect((await send({ 'sec-fetch-site': 'none' })).status).toBe(200)
    const credential = await server.send(
      'PATCH',
      `/v1/credentials/${requests.ids['credentials']}`,
      {
        body: { notes: 'x' },
        headers: foreign['another origin'] ?? {},
      },
    )
    // Browsers never add an Authorization header on their own, so the origin is not checked.
    expect(credential.status).toBe(200)
  })

  it('cannot be made by a GET request that names another method', async () => {
    const path = `/v1/credentials/${requests.ids['credentials']}/revoke`
    for (const headers of [
      { 'x-http-method-override': 'POST' },
      { 'x-method-override': 'POST' },
      { 'x-http-method': 'POST' },
    ]) {
      expect((await person.send('GET', path, { headers })).status).toBe(405)
    }
    expect((await person.send('GET', `${path}?_method=POST`)).status).toBe(405)
    expect(await listAuditEvents(server, 'credential.revoked')).toEqual([])
  })
})

const requiredHeaders: Readonly<Record<string, RegExp>> = {
  'strict-transport-security': /^max-age=31536000; includeSubDomains$/,
  'content-security-policy': /^default-src 'none'/,
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'x-request-id': /^[\w-]{8,128}$/,
}
const forbiddenHeaders = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'server',
  'x-powered-by',
]

/** Checks the security headers of a response of any status. */
function expectSecurityHeaders(response: TestResponse): void {
  for (const [name, pattern] of Object.entries(requiredHeaders))
    expect([name, response.headers.get(name)]).toEqual([name, expect.stringMatching(pattern)])
  const policy = response.headers.get('content-security-policy') ?? ''
  for (const directive of ["base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'"])
    expect(policy).toContain(directive)
  expect(policy).not.toContain('unsafe')
  for (const name of forbiddenHeaders)
    expect([name, response.headers.get(name)]).toEqual([name, null])
}

const otherPaths = [
  '/livez',
  '/readyz',
  '/openapi.json',
  '/.well-known/oauth-authorization-server',
  '/.well-known/jwks.json',
  '/nowhere',
  '/',
]

describe('the security headers', () => {
  it.each(routeList.map((route) => [route.operationId, route] as const))(
    'are part of every response of %s, errors included, and grant no other origin access',
    async (_operation, route) => {
      const headers = { origin: 'https://evil.example' }
      const responses = [
        await requests.send(route, { headers }),
        await requests.send(route, { headers, who: { as: null } }),
        await requests.send(route, { headers, query: '?unknown=1' }),
      ]
      const { path } = await requests.create(route)
      const preflight = { ...headers, 'access-control-request-method': route.method }
      responses.push(await server.send('OPTIONS', path, { as: null, headers: preflight }))
      for (const response of responses) {
        expectSecurityHeaders(response)
        expect(response.headers.get('cache-control')).toBe('no-store')
      }
    },
  )

  it.each(otherPaths)('are part of every response of %s', async (path) => {
    expectSecurityHeaders(
      await server.send('GET', path, { as: null, headers: { origin: 'https://evil.example' } }),
    )
    expectSecurityHeaders(await server.send('POST', path, { as: null, body: {} }))
  })

  it.each(['/oauth/token', '/oauth/introspect', '/oauth/revoke'])(
    'are part of every response of %s',
    async (path) => {
      const form = { grant_type: 'client_credentials', token: 'x' }
      for (const response of [
        await server.send('POST', path, { form }),
        await server.send('POST', path, { as: null, form }),
        await server.send('GET', path),
        await server.send('POST', path, { form: 'x'.repeat(70_000) }),
      ]) {
        expectSecurityHeaders(response)
        expect(response.headers.get('cache-control')).toBe('no-store')
        expect(response.headers.getSetCookie()).toEqual([])
      }
    },
  )
})
