import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { client, server as hawkServer } from '@hapi/hawk'
import { authenticateRequest, type OutgoingRequest } from '@keyporter/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytesBody, headerValues, outgoing, signingContext } from '../support/outgoing-request.ts'

const auth = {
  kind: 'hmac_sha256',
  scheme: 'hawk',
  clientId: 'dh37fgj492je',
  clientSecret: 'werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn',
} as const
const credentials = { id: auth.clientId, key: auth.clientSecret, algorithm: 'sha256' } as const
const json = [{ name: 'Content-Type', value: 'application/json; charset=utf-8' }]

const requests: [string, Partial<OutgoingRequest>][] = [
  ['a plain request', {}],
  ['a path and query that are not normalized', { path: '/a%20b//c/../d', query: 'b=1&a=%7E&&c' }],
  ['a body', { method: 'POST', headers: json, body: bytesBody('{"a":"ü"}') }],
  ['a body without a media type', { method: 'PUT', body: bytesBody('plain') }],
  ['a header that is repeated', { method: 'DELETE', headers: [...json, ...json] }],
]

let server: Server
let origin: string

beforeAll(async () => {
  server = createServer((request, response) => {
    void verify(request).then((status) => response.writeHead(status).end())
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  // Safe because a server that listens on a port has an AddressInfo.
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

async function verify(request: IncomingMessage): Promise<number> {
  const payload = (await buffer(request)).toString()
  const find = async (id: string) => (id === credentials.id ? credentials : null)
  try {
    await hawkServer.authenticate(request, find, payload === '' ? {} : { payload })
    return 200
  } catch {
    return 401
  }
}

/** Returns the response status of a signed request. */
function send(request: OutgoingRequest, nowMs = Date.now()): Promise<number | undefined> {
  const { path, query, headers } = authenticateRequest(auth, request, { ...signingContext, nowMs })
  return sendRaw({ ...request, path, query, headers })
}

function sendRaw({ method, path, query, headers, body }: OutgoingRequest) {
  return new Promise<number | undefined>((resolve, reject) => {
    const target = query === '' ? path : `${path}?${query}`
    const lines = [...headers, { name: 'Host', value: new URL(origin).host }]
    const options = {
      method,
      path: target,
      headers: lines.flatMap(({ name, value }) => [name, value]),
    }
    const sent = httpRequest(origin, options, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject)
    sent.end(body.kind === 'bytes' ? body.bytes : undefined)
  })
}

describe('a Hawk server', () => {
  test.each(requests)('accepts %s', async (_, parts) => {
    expect(await send(outgoing({ origin, ...parts }))).toBe(200)
  })

  test('rejects a request that is altered or too old', async () => {
    const request = outgoing({ origin, method: 'POST', headers: json, body: bytesBody('{"a":1}') })
    const signed = authenticateRequest(auth, request, { ...signingContext, nowMs: Date.now() })
    const sent = { ...request, headers: signed.headers }
    expect(await sendRaw(sent)).toBe(200)
    expect(await sendRaw({ ...sent, body: bytesBody('{"a":2}') })).toBe(401)
    expect(await sendRaw({ ...sent, method: 'PUT' })).toBe(401)
    expect(await sendRaw({ ...sent, path: '/other' })).toBe(401)
    expect(await sendRaw({ ...sent, query: 'a=1' })).toBe(401)
    expect(await send(request, Date.now() - 600_000)).toBe(401)
  })
})

describe('the Hawk client of @hapi/hawk', () => {
  test.each([
    ['http://example.com:8000', ''],
    ['https://example.com', 'a=1&b=2'],
  ])('computes the same header for %s', (address, query) => {
    for (const payload of [undefined, '{"a":1}']) {
      const body = payload === undefined ? { kind: 'none' as const } : bytesBody(payload)
      const request = outgoing({ method: 'POST', origin: address, query, headers: json, body })
      const { header } = client.header(`${address}/things${query && `?${query}`}`, 'POST', {
        credentials,
        timestamp: 1_700_000_000,
        nonce: signingContext.nonce(),
        ...(payload === undefined ? {} : { payload, contentType: 'application/json' }),
      })
      expect(
        headerValues(authenticateRequest(auth, request, signingContext), 'Authorization'),
      ).toEqual([header])
    }
  })
})
