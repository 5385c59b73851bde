import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyRoutes, fieldsOf, valueAt } from '../support/body-fields.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

// What the other tests of this folder change one thing of: a request that only its change can spoil.

let server: TestServer
let requests: RouteRequests

beforeAll(async () => {
  server = await startTestServer()
  requests = await prepareRequests(server)
})
afterAll(() => server.close())

/** Refused by what the server holds, not by how they look: the codes are of nobody, the server is set up. */
const refused: Readonly<Record<string, number>> = { setUp: 409, acceptInvitation: 401 }
/** Left out because it excludes another field, or is for one kind alone. */
const leftOut = new Set([
  'importApi identifier',
  'verify authorization',
  'verify token',
  'signCall bodySha256',
  'signCall presignSeconds',
])

describe('the acceptable request', () => {
  it.each(bodyRoutes.map((route) => [route.operationId, route] as const))(
    'to %s is accepted, and gives its fields',
    async (operationId, route) => {
      const answer = await requests.ask(route)
      expect([answer.status, answer.text]).toEqual([
        refused[operationId] ?? route.status,
        expect.anything(),
      ])
      const { body } = await requests.to(route)
      const missing = fieldsOf(route)
        .filter(({ path }) => valueAt(body, path) === undefined)
        .map(({ path }) => `${operationId} ${path.join('/')}`)
      expect(missing.filter((name) => !leftOut.has(name))).toEqual([])
    },
  )
})
