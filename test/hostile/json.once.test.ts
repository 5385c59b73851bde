import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Route, routeList } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import {
  prepareRequests,
  type RouteRequest,
  type RouteRequests,
} from '../support/route-requests.ts'
import { basic, startTestServer, type TestServer } from '../support/server.ts'
import { requireVectors } from '../support/vectors.ts'

// Every route rejects invalid JSON, and JSON that two parsers could read differently (RFC 8259 §4, RFC 7493).

let server: TestServer
let requests: RouteRequests

beforeAll(async () => {
  server = await startTestServer()
  requests = await prepareRequests(server)
})
afterAll(() => server.close())

/** Each import starts a worker thread, which is slow, so imports are tested with fewer bodies. */
const isImport = ({ operationId }: Route) => operationId === 'importApi'
const routes = routeList.filter(({ method }) => method === 'POST' || method === 'PATCH')
const cases = routes
  .filter((route) => !isImport(route))
  .map((route) => [route.operationId, route] as const)
const imports = routes.filter(isImport)

/** Sends bytes as the JSON body of a prepared request. */
async function send(route: Route, { path, who }: RouteRequest, body: Uint8Array<ArrayBuffer>) {
  const identity: Record<string, string> =
    who?.cookie === undefined ? { authorization: basic(server.manager) } : { cookie: who.cookie }
  const response = await fetch(`${server.url}${path}`, {
    method: route.method,
    headers: { 'content-type': 'application/json', ...identity },
    body,
  })
  return { status: response.status, text: await response.text() }
}

/** Sends eight bodies at a time, because round trips take most of the time. */
async function sendEach(
  route: Route,
  bodies: readonly (readonly [string, Uint8Array<ArrayBuffer>])[],
  check: (name: string, response: Awaited<ReturnType<typeof send>>) => void,
): Promise<void> {
  const request = await requests.create(route)
  for (let start = 0; start < bodies.length; start += 8) {
    const some = bodies.slice(start, start + 8)
    const responses = await Promise.all(some.map(([, body]) => send(route, request, body)))
    for (const [index, response] of responses.entries()) check(some[index]?.[0] ?? '', response)
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text)
const inField = (value: string) => bytesOf(`{"name":${value}}`)
const nested = (depth: number) => bytesOf(`${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`)

/** Bodies that other parsers accept, or that RFC 8259 allows but parsers read differently. */
const ambiguous: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
  ['a name twice', bytesOf('{"name":"a","name":"b"}')],
  ['a name twice, once in escapes', bytesOf('{"name":"a","n\\u0061me":"b"}')],
  ['__proto__', bytesOf('{"__proto__":{"admin":true}}')],
  ['__proto__ in escapes', bytesOf('{"\\u005f_proto__":{"admin":true}}')],
  ['__proto__ further down', bytesOf('{"name":{"a":[{"__proto__":{"admin":true}}]}}')],
  ['constructor', bytesOf('{"constructor":{"prototype":{"admin":true}}}')],
  ['prototype', bytesOf('{"prototype":{"admin":true}}')],
  ['33 levels', nested(33)],
  ['20,000 levels', bytesOf('['.repeat(20_000))],
  [
    '1,001 names',
    bytesOf(
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`a${index}`, 1])),
      ),
    ),
  ],
  ['2^53', inField('9007199254740992')],
  ['-2^53', inField('-9007199254740992')],
  ['1e400', inField('1e400')],
  ['1e-400', inField('1e-400')],
  ['a huge integer', inField('1'.repeat(400))],
  ['a byte order mark', Buffer.from('\uFEFF{}')],
  ['UTF-16', Buffer.from('{"name":"a"}', 'utf16le')],
  ['UTF-16 with a byte order mark', Buffer.from('\uFEFF{"name":"a"}', 'utf16le')],
  ['Latin-1', Buffer.from('{"name":"é"}', 'latin1')],
  ['an overlong encoding', Buffer.from('7b226e616d65223a22c0af227d', 'hex')],
  ['an encoded surrogate', Buffer.from('7b226e616d65223a22eda080227d', 'hex')],
  ['half of a surrogate pair', inField('"\\ud800"')],
  ['half of a surrogate pair in a name', bytesOf('{"\\ud800":1}')],
  ['two values', bytesOf('{} {}')],
  ['a comment', bytesOf('{}//')],
  ['a trailing comma', bytesOf('{"name":"a",}')],
  ['NaN', inField('NaN')],
  ['a list', bytesOf('[]')],
  ['a text', bytesOf('"name"')],
  ['null', bytesOf('null')],
]

describe('JSON that parsers read differently', () => {
  it.each(cases)('is rejected by %s', async (_name, route) => {
    // A catalogue may list many operations.
    const large = route.bodyBytesMax !== undefined
    const bodies = ambiguous.filter(([name]) => !large || name !== '1,001 names')
    await sendEach(route, bodies, (name, { status, text }) => {
      expect([name, status, text]).toEqual([name, 400, expect.stringContaining('malformed_json')])
    })
  })

  it('does not change Object.prototype', () => {
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as { admin?: unknown }).admin).toBeUndefined()
  })

  it.each(imports.map((route) => [route.operationId, route] as const))(
    'is rejected by %s outside the imported document',
    async (_name, route) => {
      const names = ['a name twice', '__proto__', '20,000 levels', 'UTF-16', 'a list']
      const bodies = ambiguous.filter(([name]) => names.includes(name))
      expect(bodies).toHaveLength(names.length)
      await sendEach(route, bodies, (name, { status }) =>
        expect([name, status]).toEqual([name, 400]),
      )
    },
  )
})

/** Files over the body limit of most routes. */
const tooLong = new Set([
  'n_structure_100000_opening_arrays.json',
  'n_structure_open_array_object.json',
])

describe('the 318 files of JSONTestSuite', () => {
  it.for(cases)(
    'cause no server error in %s, which rejects invalid JSON with 400',
    async ([, route], ctx) => {
      const files = readSuite(ctx)
      const request = await requests.create(route)
      const mayBeEmpty = (await send(route, request, bytesOf('{}'))).status < 300
      expect(files).toHaveLength(318)
      await sendEach(route, files, (name, { status, text }) => {
        expect(status, `${name}: ${text}`).toBeLessThan(500)
        const isEmpty = name === 'n_structure_no_data.json'
        // An empty body counts as {}.
        if (name.startsWith('n_') && !(isEmpty && mayBeEmpty)) {
          const expected = tooLong.has(name) && route.bodyBytesMax === undefined ? 413 : 400
          expect([name, status]).toEqual([name, expected])
        }
        // No file is a valid request, except an empty body for a route without required fields.
        if (status < 300) expect(mayBeEmpty && name).toMatch(/empty|no_data/)
      })
    },
  )

  it.for(['/oauth/token', '/oauth/introspect', '/oauth/revoke'])(
    'are rejected as forms by %s',
    async (path, ctx) => {
      for (const [name, body] of readSuite(ctx)) {
        const response = await fetch(`${server.url}${path}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            authorization: basic(server.manager),
          },
          body,
        })
        expect([name, response.status]).toEqual([name, tooLong.has(name) ? 413 : 400])
        await response.arrayBuffer()
      }
    },
  )

  it('leave the server unchanged', async () => {
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as { admin?: unknown }).admin).toBeUndefined()
    expect((await server.send('GET', '/v1/credentials')).status).toBe(200)
  })
})

let suite: (readonly [string, Uint8Array<ArrayBuffer>])[] | undefined

function readSuite(ctx: TestContext) {
  const folder = requireVectors(ctx, 'json-parsing', 'test_parsing')
  suite ??= readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const)
  return suite
}
