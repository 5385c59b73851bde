import { type Route, routeList } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyRoutes, listBodyFields, withValueAt } from '../support/body-fields.ts'
import { exchangeRaw } from '../support/raw-exchange.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'

// Clients log error responses, so an error must not repeat a secret that was sent in the wrong field.

let server: TestServer
let requests: RouteRequests

beforeAll(async () => {
  server = await startTestServer({
    overrides: { failuresMax: { perClient: 100_000, perNetwork: 100_000 } },
  })
  requests = await prepareRequests(server)
})
afterAll(() => server.close())

/** Contains a dot, because a valid X-Request-Id may be repeated in the response. */
const CANARY = 'Canary.7d1f.CANARY_READ'
const long = CANARY.repeat(200)

/** Checks that neither the body nor the headers of an error contain the canary. */
function expectNoEcho(place: string, { status, text, headers }: TestResponse): void {
  if (status < 400) return
  const sent = `${text}\n${[...headers].map(([name, value]) => `${name}: ${value}`).join('\n')}`
  expect([place, sent.toLowerCase()]).toEqual([place, expect.not.stringContaining('canary')])
}

// Each import starts a worker thread, which is slow, so imports are tested with fewer values.
const isImport = (route: Route) => route.operationId === 'importApi'
const named = (routes: readonly Route[]) =>
  routes.map((route) => [route.operationId, route] as const)
const cases = named(routeList.filter((route) => !isImport(route)))
const passwordRoutes = new Set(['signIn', 'changePassword', 'startTotp', 'removeTotp'])

describe('an error does not repeat', () => {
  it.each(named(bodyRoutes))('a field of %s', { timeout: 60_000 }, async (_operation, route) => {
    const { body } = await requests.create(route)
    const wrongValues = isImport(route)
      ? [`${CANARY}\0`]
      : [CANARY, `${CANARY}\0`, long, { [CANARY]: CANARY }, [CANARY]]
    for (const { path } of listBodyFields(route)) {
      for (const value of wrongValues) {
        const response = await requests.send(route, { body: withValueAt(body, path, value) })
        expectNoEcho(path.join('/'), response)
      }
    }
    const bodies = [
      { ...body, [CANARY]: 1 },
      `{"name":"${CANARY}" ${CANARY}`,
      `"${CANARY}"`,
      CANARY,
      `{"${CANARY}":1,"${CANARY}":1}`,
      `{"a":"${CANARY}\\ud800"}`,
      `{"${CANARY}":${'['.repeat(40)}`,
    ]
    for (const sent of isImport(route) ? bodies.slice(0, 2) : bodies)
      expectNoEcho('the body', await requests.send(route, { body: sent }))
  })

  it.each(cases)('a query parameter of %s', async (_operation, route) => {
    const names = [...Object.keys(route.query?.shape ?? {}), CANARY, 'organizationId']
    for (const name of names) {
      for (const value of [CANARY, `${CANARY}%00`, long]) {
        expectNoEcho(name, await requests.send(route, { query: `?${name}=${value}` }))
      }
    }
  })

  it.each(cases)('a header of %s', { timeout: 60_000 }, async (_operation, route) => {
    // Argon2id is slow, so these bodies contain no correct password.
    const sent = passwordRoutes.has(route.operationId) ? { body: {} } : {}
    for (const [name, value] of Object.entries(headers))
      expectNoEcho(name, await requests.send(route, { ...sent, headers: { [name]: value } }))
    for (const who of [
      { as: { clientId: CANARY, clientSecret: CANARY } },
      { as: CANARY },
      { as: `kp_live_${CANARY}` },
      { as: `eyJ${CANARY}.eyJ.x` },
      { as: null, cookie: `__Host-keyporter=${CANARY}; keyporter=${CANARY}` },
    ])
      expectNoEcho('who', await requests.send(route, { ...sent, who }))
    const { path } = await requests.create(route)
    for (const authorization of [CANARY, `${CANARY} ${CANARY}`, `Digest username="${CANARY}"`])
      expectNoEcho(
        'authorization',
        await server.send(route.method, path, { as: null, headers: { authorization } }),
      )
  })

  it.each(cases.filter(([, { path }]) => path.includes(':')))(
    'an id of %s',
    async (_operation, route) => {
      const { body } = await requests.create(route)
      for (const id of [CANARY, `${CANARY}%00`, encodeURIComponent(`"<${CANARY}>`), long]) {
        const path = route.path.replace(/:\w+/, id)
        expectNoEcho(id, await server.send(route.method, path, body === undefined ? {} : { body }))
      }
    },
  )

  it('an unknown path or method', async () => {
    for (const path of [
      `/${CANARY}`,
      `/v1/${CANARY}`,
      `/v1/credentials/x/${CANARY}`,
      `/%zz${CANARY}`,
    ]) {
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS'])
        expectNoEcho(path, await server.send(method, path))
    }
    for (const line of [`CANARY / HTTP/1.1`, `GET ${CANARY} HTTP/1.1`, `GET / ${CANARY}`, CANARY]) {
      const { text } = await exchangeRaw(server.url, `${line}\r\nHost: ${CANARY}\r\n\r\n`)
      expect([line, text.toLowerCase()]).toEqual([line, expect.not.stringContaining('canary')])
    }
  })

  it.each(['/oauth/token', '/oauth/introspect', '/oauth/revoke'])(
    'a parameter of %s',
    async (path) => {
      for (const name of [
        'grant_type',
        'scope',
        'resource',
        'token',
        'token_type_hint',
        'client_id',
        'client_secret',
        'client_assertion',
        CANARY,
      ]) {
        for (const value of [CANARY, `${CANARY}%zz`, `${CANARY}&${name}=${CANARY}`]) {
          for (const as of [server.manager, null]) {
            const form = `grant_type=client_credentials&${name}=${value}`
            expectNoEcho(name, await server.send('POST', path, { as, form }))
          }
        }
      }
      for (const authorization of [
        `Basic ${btoa(`${CANARY}:${CANARY}`)}`,
        `Bearer ${CANARY}`,
        CANARY,
      ]) {
        const response = await server.send('POST', path, {
          as: null,
          form: 'a=b',
          headers: { authorization },
        })
        expect(response.status).toBe(401)
        expectNoEcho('authorization', response)
      }
      expectNoEcho(
        'query',
        await server.send('POST', `${path}?client_secret=${CANARY}`, { form: 'a=b' }),
      )
      expectNoEcho(
        'type',
        await server.send('POST', path, {
          form: 'a=b',
          headers: { 'content-type': `text/${CANARY}` },
        }),
      )
    },
  )
})

const headers: Readonly<Record<string, string>> = {
  'content-type': `application/${CANARY}`,
  'content-encoding': CANARY,
  accept: `text/${CANARY}`,
  'accept-language': CANARY,
  'if-match': `"${CANARY}"`,
  'if-none-match': `"${CANARY}"`,
  'idempotency-key': `${CANARY} ${CANARY}`,
  origin: `https://${CANARY}.example`,
  referer: `https://${CANARY}.example/`,
  'user-agent': CANARY,
  'x-request-id': CANARY,
  'x-forwarded-for': CANARY,
  'x-forwarded-host': CANARY,
  'x-forwarded-proto': CANARY,
  forwarded: `for=${CANARY};host=${CANARY}`,
  'x-original-uri': `/${CANARY}`,
  'x-http-method-override': CANARY,
  traceparent: CANARY,
}
