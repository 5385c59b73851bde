import { routeList } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyRoutes, listBodyFields, withValueAt } from '../support/body-fields.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

// Each parameter is accepted once, in its location, and with its type.

let server: TestServer
let requests: RouteRequests

beforeAll(async () => {
  server = await startTestServer()
  requests = await prepareRequests(server)
})
afterAll(() => server.close())

const queries = routeList.flatMap((route) =>
  Object.keys(route.query?.shape ?? {}).map((name) => [route.operationId, name, route] as const),
)
// Imports use the same schemas, but each starts a worker thread, which is slow.
const bodies = bodyRoutes
  .filter(({ operationId }) => operationId !== 'importApi')
  .flatMap((route) =>
    listBodyFields(route).map(
      (field) => [route.operationId, field.path.join('/'), route, field] as const,
    ),
  )

describe('a query parameter', () => {
  it.each(queries)('of %s: %s sent twice is rejected with 400', async (_operation, name, route) => {
    for (const query of [
      `?${name}=1&${name}=1`,
      `?${name}=1&${name}=2`,
      `?${name}=1&%${encodeFirstLetter(name)}=1`,
    ]) {
      const response = await requests.send(route, { query })
      expect([query, response.status, response.body.code]).toEqual([query, 400, 'invalid_request'])
    }
  })

  it.each(queries)(
    'of %s: %s as a list or an object is rejected with 400',
    async (_operation, name, route) => {
      for (const query of [`?${name}[]=1`, `?${name}[0]=1`, `?${name}[a]=1`, `?${name}.a=1`]) {
        const response = await requests.send(route, { query })
        expect([query, response.status, response.body.code]).toEqual([
          query,
          400,
          'invalid_request',
        ])
      }
    },
  )

  it('of a POST or PATCH does not replace a field of its body', async () => {
    for (const route of bodyRoutes) {
      const [field] = listBodyFields(route)
      const response = await requests.send(route, { query: `?${field?.path[0]}=x` })
      expect([route.operationId, response.status]).toEqual([route.operationId, 400])
    }
  })

  it('must name the same organization as the body', async () => {
    const other = requests.ids['organizations']
    const send = (query: string, body: object) =>
      server.send('POST', `/v1/credentials${query}`, {
        body: { name: 'x', permissions: 'all', apiId: requests.ids['apis'], ...body },
      })
    const both = await send(`?organizationId=${server.operatorId}`, { organizationId: other })
    expect([both.status, both.body.errors[0].pointer]).toEqual([400, '/organizationId'])
    const twice = await send(`?organizationId=${server.operatorId}&organizationId=${other}`, {})
    expect(twice.status).toBe(400)
    const same = await send(`?organizationId=${other}`, { organizationId: other })
    expect([same.status, same.body.organizationId]).toEqual([201, other])
  })
})

describe('a body field', () => {
  it.each(bodies)(
    'of %s: %s of another type is rejected with 400',
    async (_operation, name, route, { path, types }) => {
      const { body } = await requests.create(route)
      const wrong: readonly unknown[] = [
        ...(types.includes('string') ? [] : ['true', '1', '']),
        ...(types.includes('boolean') ? [] : [true]),
        ...(types.includes('integer') ? [0.5, '600'] : [1]),
        ...(types.includes('null') || types.includes('any') ? [] : [null]),
        ['x'],
        [['x']],
        [null],
        // Maps accept any property name.
        ...(types.includes('object') ? [] : [{ a: 'x' }, { toString: 'x' }, { length: 1, 0: 'x' }]),
      ]
      for (const value of wrong) {
        const response = await requests.send(route, { body: withValueAt(body, path, value) })
        expect([name, value, response.status, response.text]).toEqual([
          name,
          value,
          400,
          expect.stringContaining('"invalid_request"'),
        ])
      }
    },
  )

  it.each(bodyRoutes.map((route) => [route.operationId, route] as const))(
    'of %s that the schema does not define is rejected with 400',
    async (_operation, route) => {
      const { body } = await requests.create(route)
      const names =
        route.operationId === 'importApi'
          ? ['toString']
          : [
              'nonsense',
              'toString',
              'hasOwnProperty',
              'valueOf',
              '',
              ' name',
              'Name',
              'NAME',
              '$where',
            ]
      for (const name of names) {
        const response = await requests.send(route, { body: { ...body, [name]: 'x' } })
        expect([name, response.status, response.body.code]).toEqual([name, 400, 'invalid_request'])
      }
    },
  )
})

/** Returns the name with its first letter as hexadecimal digits, to follow a percent sign. */
function encodeFirstLetter(name: string): string {
  return `${name.charCodeAt(0).toString(16)}${name.slice(1)}`
}
