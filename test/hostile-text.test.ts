import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { createContactsApi, createCredential } from './support/credentials.ts'
import { startTestServer, type TestServer } from './support/server.ts'
import { readVectors } from './support/vectors.ts'

let server: TestServer
let apiId: string
beforeAll(async () => {
  server = await startTestServer()
  apiId = (await createContactsApi(server)).id
})
afterAll(() => server.close())

describe('a search', () => {
  it('accepts every naughty string, and matches only names that contain the string', async (ctx) => {
    server.clock.move(1_000)
    const { id } = await createCredential(server, { name: 'Needle' })
    await inBatchesOfTen(naughtyStrings(ctx), async (text) => {
      const q = Array.from(text).slice(0, 100).join('')
      const response = await server.send(
        'GET',
        `/v1/credentials?q=${encodeURIComponent(q)}&limit=100`,
      )
      expect([q, response.status]).toEqual([q, 200])
      const found = response.body.data.some((one: { id: string }) => one.id === id)
      expect([q, found]).toEqual([q, 'needle'.includes(q.toLowerCase())])
    })
  }, 120_000)
})

function naughtyStrings(ctx: TestContext): readonly string[] {
  return readVectors<string[]>(ctx, 'naughty-strings', 'blns.json')
}

async function inBatchesOfTen(texts: readonly string[], work: (text: string) => Promise<void>) {
  for (let at = 0; at < texts.length; at += 10) {
    await Promise.all(texts.slice(at, at + 10).map(work))
  }
}

describe('the server rejects', () => {
  const apiBody = { name: 'x', permissions: [{ resource: 'A', actions: ['read'] }] }
  it.each([
    ['GET', '/v1/credentials?q=a%00b'],
    ['GET', '/v1/credentials?apiId=%00'],
    ['GET', '/v1/credentials/%00'],
    ['PATCH', '/v1/credentials/a%00', { name: 'x' }],
    ['POST', '/v1/credentials/a%00/revoke', {}],
    ['POST', '/v1/credentials', { name: 'x', permissions: 'all', apiId: '\0' }],
    ['GET', '/v1/apis?q=%00'],
    ['GET', '/v1/apis?slug=%00'],
    ['GET', '/v1/apis/%00'],
    ['POST', '/v1/apis', { ...apiBody, identifier: 'https://a.example.com/\0' }],
    ['POST', '/v1/apis', { ...apiBody, identifier: 'urn:a', organizations: ['\0'] }],
    ['GET', '/v1/organizations?q=%00'],
    ['GET', '/v1/organizations/%00'],
    ['GET', '/v1/members?q=%00'],
    ['GET', '/v1/members/%00'],
    ['GET', '/v1/audit-events?targetId=%00'],
    ['GET', '/v1/audit-events?actorId=%00'],
  ])('NUL, which PostgreSQL cannot store: %s %s', async (method, path, body?: object) => {
    const response = await server.send(method, path, body === undefined ? {} : { body })
    expect([response.status, response.body.code]).toEqual([400, 'invalid_request'])
  })

  it.each([
    [
      'an operation’s path with a line feed',
      { operations: [{ method: 'GET', path: '/a\nb', permissions: [] }] },
    ],
    ['an identifier beyond ASCII', { identifier: 'https://exämple.com' }],
  ])('%s', async (_, body) => {
    const path = `/v1/apis/${apiId}`
    const response =
      'identifier' in body
        ? await server.send('POST', '/v1/apis', { body: { ...apiBody, ...body } })
        : await server.send('PATCH', path, { body })
    expect(response.status).toBe(400)
  })
})
