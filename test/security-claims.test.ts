import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addPerson } from './support/people.ts'
import { startTestServer, type TestServer } from './support/server.ts'

// Claims of SECURITY.md without another test.

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('a session cookie', () => {
  it('does not replace an Authorization header that is not valid', async () => {
    const { cookie } = await addPerson(server)
    const send = (headers: Record<string, string>) =>
      server.send('GET', '/v1/session', { as: null, headers })
    expect((await send({ cookie })).status).toBe(200)
    for (const authorization of ['Bearer kp_live_wrong', 'Basic eDp5', 'Digest x']) {
      expect((await send({ cookie, authorization })).status).toBe(401)
    }
  })
})

describe('the import of an OpenAPI document', () => {
  it('requests no external reference', async () => {
    let requests = 0
    const listener = createServer((_request, response) => {
      requests += 1
      response.end('{}')
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    // Safe because a server that listens on a port has an AddressInfo.
    const { port } = listener.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/document.json`
    const openapi = {
      openapi: '3.1.0',
      info: { title: 'External', version: '1' },
      servers: [{ url }],
      paths: {
        '/one': { $ref: `${url}#/paths/one` },
        '/two': { get: { parameters: [{ $ref: url }], responses: { 200: { $ref: url } } } },
      },
    }
    const { status } = await server.send('POST', '/v1/apis/import', { body: { openapi } })
    listener.close()
    expect([200, 400]).toContain(status)
    expect(requests).toBe(0)
  })
})
