import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyRoutes, listBodyFields, valueAt } from '../support/body-fields.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

// The other tests of this folder change one part of these requests, so each request must succeed unchanged.

let server: TestServer
let requests: RouteRequests

beforeAll(async () => {
  server = await startTestServer()
  requests = await prepareRequests(server)
})
afterAll(() => server.close())

/** Valid requests that the server's state rejects: setup is complete, and the invitation code belongs to no member. */
const rejected: Readonly<Record<string, number>> = { setUp: 409, acceptInvitation: 401 }
/** Fields that exclude another field of the request, or apply to one authentication type only. */
const omitted = new Set([
  'importApi identifier',
  'verify authorization',
  'verify token',
  'signCall bodySha256',
  'signCall presignSeconds',
])

describe('the valid request', () => {
  it.each(bodyRoutes.map((route) => [route.operationId, route] as const))(
    'to %s is accepted and contains every field of its schema',
    async (operationId, route) => {
      const response = await requests.send(route)
      expect([response.status, response.text]).toEqual([
        rejected[operationId] ?? route.status,
        expect.anything(),
      ])
      const { body } = await requests.create(route)
      const missing = listBodyFields(route)
        .filter(({ path }) => valueAt(body, path) === undefined)
        .map(({ path }) => `${operationId} ${path.join('/')}`)
      expect(missing.filter((name) => !omitted.has(name))).toEqual([])
    },
  )
})
