import { routeList } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCredential } from '../support/credentials.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'

// Query parameters are bound as values and never become part of an SQL statement.

let server: TestServer
let requests: RouteRequests
let before: TestResponse['body']

const counts = async () => (await server.send('GET', '/v1/credentials?include=counts')).body.counts

beforeAll(async () => {
  server = await startTestServer()
  requests = await prepareRequests(server)
  before = await counts()
})
afterAll(() => server.close())

const cases = routeList.flatMap((route) =>
  [...Object.keys(route.query?.shape ?? {}), 'organizationId', 'unknown'].map(
    (name) => [route.operationId, name, route] as const,
  ),
)

const injections = [
  '',
  ' ',
  '\0',
  'a\0b',
  `'`,
  `"`,
  '`',
  '\\',
  `\\'`,
  ';',
  '--',
  '/*',
  `' or '1'='1`,
  `' or 1=1 --`,
  `1; drop table credentials; --`,
  `') or ('a'='a`,
  `' union select null,null --`,
  `'||(select password_hash from members limit 1)||'`,
  `1 and pg_sleep(5)`,
  `'||pg_sleep(5)--`,
  `randomblob(1000000000)`,
  `(case when 1=1 then name else created_at end)`,
  'name desc, id',
  'created_at',
  '-name;',
  '%',
  '_',
  '%_%',
  '$1',
  '?1',
  ':name',
  '{"$ne":null}',
  '../../etc/passwd',
  '-1',
  '0',
  '1e9',
  '9999999999999999999',
  '٣',
  '\u202E',
  '😀'.repeat(100),
  'x'.repeat(2_000),
]

describe('every parameter of every query', () => {
  it.each(cases)(
    '%s %s: an injection is rejected with 400 or treated as text',
    async (_operation, name, route) => {
      // Writing routes get an invalid body, so the request has no effect.
      const { path, who } = await requests.create(route)
      const reads = route.method === 'GET'
      const body = reads ? undefined : { nonsense: true }
      for (const text of reads ? injections : [`'`, 'a\0b']) {
        const startedAt = performance.now()
        const response = await server.send(
          route.method,
          `${path}?${name}=${encodeURIComponent(text)}`,
          {
            ...(route.access === 'public' ? { as: null } : who),
            ...(body === undefined ? {} : { body }),
          },
        )
        const allowed = name === 'unknown' ? [400] : [200, 204, 400, 404]
        expect([text, response.text, response.status]).toEqual([
          text,
          response.text,
          expect.toBeOneOf(allowed),
        ])
        expect(response.text).not.toMatch(/sqlite|postgres|syntax error|select |\$argon2/i)
        expect(performance.now() - startedAt).toBeLessThan(4_000)
      }
    },
  )

  it('leaves all data unchanged', async () => {
    // The prepared requests of the revoke route create credentials.
    expect((await counts()).active).toBeGreaterThanOrEqual(before.active)
    expect((await counts()).revoked).toBe(before.revoked)
    expect((await server.send('GET', '/v1/audit-events/verify')).body.intact).toBe(true)
  })
})

describe('a search', () => {
  const found = (response: TestResponse): string[] =>
    response.body.data.map((one: { name: string }) => one.name).sort()
  const search = async (q: string): Promise<string[]> =>
    found(await server.send('GET', `/v1/credentials?limit=100&q=${encodeURIComponent(q)}`))

  it('matches wildcards, backslashes and quotes literally', async () => {
    const names = [
      '100% sure',
      'snake_case',
      'back\\slash',
      `it's "quoted"`,
      'plain',
      'a*b?c',
      '[a-z]',
    ]
    for (const name of names) await createCredential(server, { apiId: requests.ids['apis'], name })
    expect(await search('%')).toEqual(['100% sure'])
    expect(await search('\\')).toEqual(['back\\slash'])
    expect(await search(`'`)).toEqual([`it's "quoted"`])
    expect(await search('"')).toEqual([`it's "quoted"`])
    expect(await search('*')).toEqual(['a*b?c'])
    expect(await search('?')).toEqual(['a*b?c'])
    expect(await search('[')).toEqual(['[a-z]'])
    expect(await search('\\%')).toEqual([])
    expect(await search('s_re')).toEqual([])
    expect(await search('e_c')).toEqual(['snake_case'])
    expect(await search('%%')).toEqual([])
    expect(await search('100%')).toEqual(['100% sure'])
  })

  it.each(['members', 'apis', 'organizations'])(
    'of %s matches them literally too',
    async (collection) => {
      for (const q of ['%', '\\', '%_%', 'A_me']) {
        const response = await server.send('GET', `/v1/${collection}?q=${encodeURIComponent(q)}`)
        expect([response.status, found(response)]).toEqual([200, []])
      }
    },
  )
})
