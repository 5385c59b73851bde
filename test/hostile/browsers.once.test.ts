import { type Route, routeList } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addPerson, auditOf, PASSWORD, type Person } from '../support/people.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'

// A12, A13: what other people's pages can make a browser send, and what our answers tell a browser.

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
// A verification changes nothing, and no other page can read what it answers.
const signedIn = changes.filter(
  ({ access, operationId }) => access !== 'public' && operationId !== 'verify',
)

/** With the person's session, as their browser would send it. */
async function asPerson(
  route: Route,
  headers: Record<string, string>,
  more: { readonly body?: unknown } = {},
): Promise<TestResponse> {
  return requests.ask(route, { who: { as: null, cookie: person.cookie }, headers, ...more })
}

const foreign: Readonly<Record<string, Record<string, string>>> = {
  'another origin': { origin: 'https://evil.example' },
  'a sandboxed frame': { origin: 'null' },
  'the same host without TLS': { origin: 'http://keys.example.com' },
  'another port': { origin: 'https://keys.example.com:8443' },
  'a host that only begins alike': { origin: 'https://keys.example.com.evil.example' },
  'a sibling site': { 'sec-fetch-site': 'same-site' },
  'another site': { 'sec-fetch-site': 'cross-site' },
  'another site that claims our origin': {
    'sec-fetch-site': 'cross-site',
    origin: 'https://keys.example.com',
  },
}

describe.each(signedIn.map((route) => [route.operationId, route] as const))(
  '%s',
  (_operation, route) => {
    it.each(Object.entries(foreign))(
      'with a session, sent by a page of %s, is 403',
      async (_name, headers) => {
        const answer = await asPerson(route, headers)
        expect([answer.status, answer.body.code]).toEqual([403, 'cross_origin'])
      },
    )
  },
)

describe('a form of another page', () => {
  // A form knows no other method; of the others the browser asks first, and is told no.
  it.each(
    signedIn
      .filter(({ method }) => method === 'POST')
      .map((route) => [route.operationId, route] as const),
  )('is no request of %s', async (_operation, route) => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const answer = await asPerson(
        route,
        { 'content-type': type },
        { body: '{"name":"x","a":"="}' },
      )
      expect([type, answer.status]).toEqual([type, 415])
    }
  })
})

describe('signing in', () => {
  const body = () => ({ email: person.email, password: PASSWORD })

  it('is not taken from a form of another page, which would sign a victim in as the attacker', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const answer = await server.ask('POST', '/v1/sessions', {
        as: null,
        body: JSON.stringify(body()),
        headers: { 'content-type': type },
      })
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([
        expect.toBeOneOf([400, 415]),
        [],
      ])
    }
  })

  it.each(Object.entries(foreign))('is not taken from a page of %s', async (_name, headers) => {
    const answer = await server.ask('POST', '/v1/sessions', { as: null, body: body(), headers })
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []])
  })
})

describe('every change by a session', () => {
  it('from our own pages, or from what is no browser, is taken', async () => {
    const ask = (headers: Record<string, string>) =>
      person.ask('PATCH', `/v1/credentials/${requests.ids['credentials']}`, {
        body: { notes: 'x' },
        headers,
      })
    expect((await ask({})).status).toBe(200)
    expect(
      (await ask({ origin: 'https://keys.example.com', 'sec-fetch-site': 'same-origin' })).status,
    ).toBe(200)
    expect((await ask({ 'sec-fetch-site': 'none' })).status).toBe(200)
    const credential = await server.ask('PATCH', `/v1/credentials/${requests.ids['credentials']}`, {
      body: { notes: 'x' },
      headers: foreign['another origin'] ?? {},
    })
    // A header with a credential is no ambient authority: no browser adds it by itself.
    expect(credential.status).toBe(200)
  })

  it('is not to be had by another method in the same request', async () => {
    const path = `/v1/credentials/${requests.ids['credentials']}/revoke`
    for (const headers of [
      { 'x-http-method-override': 'POST' },
      { 'x-method-override': 'POST' },
      { 'x-http-method': 'POST' },
    ]) {
      expect((await person.ask('GET', path, { headers })).status).toBe(405)
    }
    expect((await person.ask('GET', `${path}?_method=POST`)).status).toBe(405)
    expect(await auditOf(server, 'credential.revoked')).toEqual([])
  })
})

const needed: Readonly<Record<string, RegExp>> = {
  'strict-transport-security': /^max-age=31536000; includeSubDomains$/,
  'content-security-policy': /^default-src 'none'/,
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'x-request-id': /^[\w-]{8,128}$/,
}
const refused = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'server',
  'x-powered-by',
]

/** A13: of an answer of any status. */
function expectHeaders(answer: TestResponse): void {
  for (const [name, pattern] of Object.entries(needed))
    expect([name, answer.headers.get(name)]).toEqual([name, expect.stringMatching(pattern)])
  const policy = answer.headers.get('content-security-policy') ?? ''
  for (const directive of ["base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'"])
    expect(policy).toContain(directive)
  expect(policy).not.toContain('unsafe')
  for (const name of refused) expect([name, answer.headers.get(name)]).toEqual([name, null])
}

const others = [
  '/livez',
  '/readyz',
  '/openapi.json',
  '/.well-known/oauth-authorization-server',
  '/.well-known/jwks.json',
  '/nowhere',
  '/',
]

describe('the headers that a browser needs to be told', () => {
  it.each(routeList.map((route) => [route.operationId, route] as const))(
    'are on every answer of %s, good or bad, and no other origin is let in',
    async (_operation, route) => {
      const headers = { origin: 'https://evil.example' }
      const answers = [
        await requests.ask(route, { headers }),
        await requests.ask(route, { headers, who: { as: null } }),
        await requests.ask(route, { headers, query: '?unknown=1' }),
      ]
      const { path } = await requests.to(route)
      const preflight = { ...headers, 'access-control-request-method': route.method }
      answers.push(await server.ask('OPTIONS', path, { as: null, headers: preflight }))
      for (const answer of answers) {
        expectHeaders(answer)
        expect(answer.headers.get('cache-control')).toBe('no-store')
      }
    },
  )

  it.each(others)('are on every answer of %s', async (path) => {
    expectHeaders(
      await server.ask('GET', path, { as: null, headers: { origin: 'https://evil.example' } }),
    )
    expectHeaders(await server.ask('POST', path, { as: null, body: {} }))
  })

  it.each(['/oauth/token', '/oauth/introspect', '/oauth/revoke'])(
    'are on every answer of %s',
    async (path) => {
      const form = { grant_type: 'client_credentials', token: 'x' }
      for (const answer of [
        await server.ask('POST', path, { form }),
        await server.ask('POST', path, { as: null, form }),
        await server.ask('GET', path),
        await server.ask('POST', path, { form: 'x'.repeat(70_000) }),
      ]) {
        expectHeaders(answer)
        expect(answer.headers.get('cache-control')).toBe('no-store')
        expect(answer.headers.getSetCookie()).toEqual([])
      }
    },
  )
})
