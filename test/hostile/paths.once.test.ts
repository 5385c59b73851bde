import { type Route, routeList } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exchangeRaw, type RawExchange } from '../support/raw-exchange.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { basic, type Pair, startTestServer, type TestServer } from '../support/server.ts'

// Another spelling of a path names the same resource or none, and never bypasses authorization.

let server: TestServer
let requests: RouteRequests

beforeAll(async () => {
  server = await startTestServer()
  requests = await prepareRequests(server)
})
afterAll(() => server.close())

/** Sends the path unchanged; HTTP clients would normalize it. */
function get(path: string, as: Pair | null): Promise<RawExchange> {
  const authorization = as === null ? '' : `Authorization: ${basic(as)}\r\n`
  const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${authorization}Connection: close\r\n\r\n`
  return exchangeRaw(server.url, head)
}

const spellings: Readonly<Record<string, (path: string) => string>> = {
  'a slash at the end': (path) => `${path}/`,
  'two slashes at the start': (path) => `/${path}`,
  'two slashes within': (path) => path.replace('/v1/', '/v1//'),
  'a dot segment': (path) => path.replace('/v1/', '/v1/./'),
  'a parent segment': (path) => path.replace('/v1/', '/v1/x/../'),
  'an encoded parent segment': (path) => path.replace('/v1/', '/livez/%2e%2e/v1/'),
  'an encoded parent segment in upper case': (path) => path.replace('/v1/', '/v1/%2E%2E/v1/'),
  'a parent segment encoded twice': (path) => path.replace('/v1/', '/v1/%252e%252e/v1/'),
  'an encoded slash': (path) => path.replace('/v1/', '/v1%2f'),
  'an encoded slash in upper case': (path) => path.replace('/v1/', '/v1%2F'),
  'a backslash': (path) => path.replace('/v1/', '/v1\\'),
  'an encoded backslash': (path) => path.replace('/v1/', '/v1%5c'),
  'an encoded letter': (path) => path.replace('/v1/', '/%761/'),
  'a letter encoded twice': (path) => path.replace('/v1/', '/%25761/'),
  'an overlong dot': (path) => path.replace('/v1/', '/v1/%c0%ae/'),
  'a full-width letter': (path) => path.replace('/v1/', '/%ef%bd%961/'),
  'upper case': (path) => path.replace('/v1/', '/V1/'),
  'a parameter of a segment': (path) => `${path};a=b`,
  'a session id in the path': (path) => path.replace('/v1/', '/v1;jsessionid=1/'),
  'a dot at the end': (path) => `${path}.`,
  'a file extension': (path) => `${path}.json`,
  'a style sheet': (path) => `${path}/x.css`,
  'an encoded space': (path) => `${path}%20`,
  'an encoded NUL': (path) => `${path}%00`,
  'an encoded line feed': (path) => `${path}%0a`,
  'an encoded question mark': (path) => `${path}%3f`,
  'an encoded hash': (path) => `${path}%23`,
  'a broken escape': (path) => `${path}%zz`,
  'a hash': (path) => `${path}#x`,
}

const protectedRoutes = routeList.filter(
  ({ method, access }) => method === 'GET' && access !== 'public',
)
const cases = Object.entries(spellings)

/** Invalid path, no authentication, unknown path, or a path without GET. */
const closedStatuses = [400, 401, 404, 405]

describe('a path with', () => {
  it.each(cases)('%s gives unauthenticated callers no access', async (_name, spell) => {
    for (const route of protectedRoutes) {
      const { path } = await requests.create(route)
      const { status } = await get(spell(path), null)
      expect([spell(path), status]).toEqual([spell(path), expect.toBeOneOf(closedStatuses)])
    }
  })

  it.each(cases)('%s gives a credential without permissions no access', async (_name, spell) => {
    const powerless = await makePowerless()
    for (const route of protectedRoutes.filter(({ access }) => Array.isArray(access))) {
      const { path } = await requests.create(route)
      expect((await get(path, powerless)).status).toBe(403)
      const { status } = await get(spell(path), powerless)
      expect([spell(path), status]).toEqual([
        spell(path),
        expect.toBeOneOf([...closedStatuses, 403]),
      ])
    }
  })

  it.each(cases)(
    '%s names the same resource or none for an authorized caller',
    async (_name, spell) => {
      const route = protectedRoutes.find(({ operationId }) => operationId === 'getCredential')
      const { path } = await requests.create(route as Route)
      const { status, text } = await get(spell(path), server.manager)
      if (status === 200) expect(text).toContain(`"id":"${requests.ids['credentials']}"`)
      else expect([400, 404]).toContain(status)
    },
  )
})

let powerlessPair: Promise<Pair> | undefined
function makePowerless(): Promise<Pair> {
  powerlessPair ??= (async () => {
    const { body } = await server.send('GET', '/v1/apis?slug=keyporter')
    const response = await server.send('POST', '/v1/credentials', {
      body: { name: 'Powerless', apiId: body.data[0].id, permissions: ['EVENT_WRITE'] },
    })
    return response.body
  })()
  return powerlessPair
}

describe('a file of the server', () => {
  it.each([
    '/../../../../etc/passwd',
    '/..%2f..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..\\..\\etc\\passwd',
    '/....//....//etc/passwd',
    '/..;/..;/etc/passwd',
    '/assets/../../../package.json',
    '/console/%2e%2e/package.json',
    '/.env',
    '/.git/config',
    '/package.json',
    '/data/keyporter.sqlite',
    '/data/root-key',
    '/node_modules/zod/package.json',
    '//etc/passwd',
    '/file:///etc/passwd',
  ])('cannot be read: %s', async (path) => {
    const { status, text } = await get(path, null)
    expect([400, 404]).toContain(status)
    expect(text).not.toMatch(/root:|"dependencies"|SQLite format/)
  })
})
