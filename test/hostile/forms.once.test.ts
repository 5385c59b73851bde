import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContactsApi, createCredential, type Issued, obtainToken } from '../support/issue.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'

// H05: the forms of the OAuth endpoints. Names mean nothing but themselves.

let server: TestServer
let client: Issued

beforeAll(async () => {
  server = await startTestServer({
    overrides: { failuresMax: { perClient: 100_000, perNetwork: 100_000 } },
  })
  await createContactsApi(server)
  client = await createCredential(server)
})
afterAll(() => server.close())

const endpoints = ['/oauth/token', '/oauth/introspect', '/oauth/revoke'] as const

/** What each endpoint takes. */
const goodForm = async (path: string): Promise<string> =>
  path === '/oauth/token'
    ? 'grant_type=client_credentials'
    : `token=${await obtainToken(server, client)}`

const post = (path: string, form: string): Promise<TestResponse> =>
  server.ask('POST', path, { as: client, form })

describe.each(endpoints)('a form for %s', (path) => {
  it.each([
    'a[b]=c',
    'a[]=1&b[]',
    'scope[]=CONTACT_DELETE',
    '__proto__[admin]=1&constructor[prototype][admin]=1',
    '__proto__=1',
    'constructor=1&hasOwnProperty=1&toString=1',
    'a;b=c',
    '&&&&',
    '=x',
    '%00=%00',
    `${'x'.repeat(300)}=y`,
    'x=%F0%9F%98%80',
  ])('may hold %s, which means nothing', async (extra) => {
    expect((await post(path, `${await goodForm(path)}&${extra}`)).status).toBe(200)
  })

  it.each([
    ['a broken escape', 'x=%zz'],
    ['half an escape', 'x=%'],
    ['bytes that are no UTF-8', 'x=%ff'],
    ['an encoded surrogate', 'x=%ED%A0%80'],
    ['an overlong encoding', 'x=%C0%AF'],
    ['10,000 pairs', Array.from({ length: 10_000 }, (_, index) => `a${index}`).join('&')],
    ['101 pairs', Array.from({ length: 101 }, (_, index) => `a${index}`).join('&')],
    ['a parameter twice', 'client_id=a&client_id=b'],
    ['a parameter twice, once in escapes', 'client_id=a&client%5Fid=b'],
  ])('is refused with %s', async (_name, extra) => {
    const answer = await post(path, `${await goodForm(path)}&${extra}`)
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
  })

  it('is separated by & alone', async () => {
    const form = (await goodForm(path)).replace('=', '=x;a=')
    const answer = await post(path, form)
    expect(answer.text).not.toContain('access_token')
    expect(answer.text).not.toContain('"active":true')
  })

  it('with NUL in a value is refused or means nothing, and never fails', async () => {
    for (const name of ['grant_type', 'scope', 'resource', 'token', 'client_id', 'client_secret']) {
      const answer = await server.ask('POST', path, { as: null, form: `${name}=a%00b` })
      expect([400, 401]).toContain(answer.status)
    }
    const inSecret = { ...client, clientSecret: `${client.clientSecret}\0` }
    expect((await server.ask('POST', path, { as: inSecret, form: 'x=y' })).status).toBe(401)
    const inId = { ...client, clientId: `${client.clientId}\0` }
    expect((await server.ask('POST', path, { as: inId, form: 'x=y' })).status).toBe(401)
  })
})

it('none of them changes what all objects inherit', () => {
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as { admin?: unknown }).admin).toBeUndefined()
})
