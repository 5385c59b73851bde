import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  type IssuedCredential,
  requestToken,
} from '../support/credentials.ts'
import { startTestServer, type TestResponse, type TestServer } from '../support/server.ts'

// Form bodies of the OAuth endpoints: brackets and dots in parameter names have no meaning (RFC 6749 appendix B).

let server: TestServer
let client: IssuedCredential

beforeAll(async () => {
  server = await startTestServer({
    overrides: { failuresMax: { perClient: 100_000, perNetwork: 100_000 } },
  })
  await createContactsApi(server)
  client = await createCredential(server)
})
afterAll(() => server.close())

const endpoints = ['/oauth/token', '/oauth/introspect', '/oauth/revoke'] as const

/** Returns a valid form for the endpoint. */
const validForm = async (path: string): Promise<string> =>
  path === '/oauth/token'
    ? 'grant_type=client_credentials'
    : `token=${await requestToken(server, client)}`

const post = (path: string, form: string): Promise<TestResponse> =>
  server.send('POST', path, { as: client, form })

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
  ])('may contain %s, which is ignored', async (extra) => {
    expect((await post(path, `${await validForm(path)}&${extra}`)).status).toBe(200)
  })

  it.each([
    ['a broken escape', 'x=%zz'],
    ['half an escape', 'x=%'],
    ['bytes that are not UTF-8', 'x=%ff'],
    ['an encoded surrogate', 'x=%ED%A0%80'],
    ['an overlong encoding', 'x=%C0%AF'],
    ['10,000 pairs', Array.from({ length: 10_000 }, (_, index) => `a${index}`).join('&')],
    ['101 pairs', Array.from({ length: 101 }, (_, index) => `a${index}`).join('&')],
    ['a parameter twice', 'client_id=a&client_id=b'],
    ['a parameter twice, once in escapes', 'client_id=a&client%5Fid=b'],
  ])('is rejected with %s', async (_name, extra) => {
    const response = await post(path, `${await validForm(path)}&${extra}`)
    expect([response.status, response.body.error]).toEqual([400, 'invalid_request'])
  })

  it('separates parameters by & only', async () => {
    const form = (await validForm(path)).replace('=', '=x;a=')
    const response = await post(path, form)
    expect(response.text).not.toContain('access_token')
    expect(response.text).not.toContain('"active":true')
  })

  it('with NUL in a value is rejected, without a server error', async () => {
    for (const name of ['grant_type', 'scope', 'resource', 'token', 'client_id', 'client_secret']) {
      const response = await server.send('POST', path, { as: null, form: `${name}=a%00b` })
      expect([400, 401]).toContain(response.status)
    }
    const inSecret = { ...client, clientSecret: `${client.clientSecret}\0` }
    expect((await server.send('POST', path, { as: inSecret, form: 'x=y' })).status).toBe(401)
    const inId = { ...client, clientId: `${client.clientId}\0` }
    expect((await server.send('POST', path, { as: inId, form: 'x=y' })).status).toBe(401)
  })
})

it('a form never changes Object.prototype', () => {
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as { admin?: unknown }).admin).toBeUndefined()
})
