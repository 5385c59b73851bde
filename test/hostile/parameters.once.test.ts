import { routeList } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyRoutes, fieldsOf, withValueAt } from '../support/body-fields.ts'
import { prepareRequests, type RouteRequests } from '../support/route-requests.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

// H12: a parameter is given once, in its place, and is what it is meant to be.

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
// An import is read in a thread of its own, which takes its time, by the same schema.
const bodies = bodyRoutes
  .filter(({ operationId }) => operationId !== 'importApi')
  .flatMap((route) =>
    fieldsOf(route).map(
      (field) => [route.operationId, field.path.join('/'), route, field] as const,
    ),
  )

describe('a parameter of a query', () => {
  it.each(queries)('of %s: %s given twice is 400', async (_operation, name, route) => {
    for (const query of [
      `?${name}=1&${name}=1`,
      `?${name}=1&${name}=2`,
      `?${name}=1&%${hexOf(name)}=1`,
    ]) {
      const answer = await requests.ask(route, { query })
      expect([query, answer.status, answer.body.code]).toEqual([query, 400, 'invalid_request'])
    }
  })

  it.each(queries)('of %s: %s is no list and no object', async (_operation, name, route) => {
    for (const query of [`?${name}[]=1`, `?${name}[0]=1`, `?${name}[a]=1`, `?${name}.a=1`]) {
      const answer = await requests.ask(route, { query })
      expect([query, answer.status, answer.body.code]).toEqual([query, 400, 'invalid_request'])
    }
  })

  it('of a POST or PATCH does not stand for one of its body', async () => {
    for (const route of bodyRoutes) {
      const [field] = fieldsOf(route)
      const answer = await requests.ask(route, { query: `?${field?.path[0]}=x` })
      expect([route.operationId, answer.status]).toEqual([route.operationId, 400])
    }
  })

  it('names the same organization as the body, or none', async () => {
    const other = requests.ids['organizations']
    const ask = (query: string, body: object) =>
      server.ask('POST', `/v1/credentials${query}`, {
        body: { name: 'x', permissions: 'all', apiId: requests.ids['apis'], ...body },
      })
    const both = await ask(`?organizationId=${server.operatorId}`, { organizationId: other })
    expect([both.status, both.body.errors[0].pointer]).toEqual([400, '/organizationId'])
    const twice = await ask(`?organizationId=${server.operatorId}&organizationId=${other}`, {})
    expect(twice.status).toBe(400)
    const same = await ask(`?organizationId=${other}`, { organizationId: other })
    expect([same.status, same.body.organizationId]).toEqual([201, other])
  })
})

describe('a field of a body', () => {
  it.each(bodies)(
    'of %s: %s of another type is 400',
    async (_operation, name, route, { path, types }) => {
      const { body } = await requests.to(route)
      const wrong: readonly unknown[] = [
        ...(types.includes('string') ? [] : ['true', '1', '']),
        ...(types.includes('boolean') ? [] : [true]),
        ...(types.includes('integer') ? [0.5, '600'] : [1]),
        ...(types.includes('null') || types.includes('any') ? [] : [null]),
        ['x'],
        [['x']],
        [null],
        // A map takes any names.
        ...(types.includes('object') ? [] : [{ a: 'x' }, { toString: 'x' }, { length: 1, 0: 'x' }]),
      ]
      for (const value of wrong) {
        const answer = await requests.ask(route, { body: withValueAt(body, path, value) })
        expect([name, value, answer.status, answer.text]).toEqual([
          name,
          value,
          400,
          expect.stringContaining('"invalid_request"'),
        ])
      }
    },
  )

  it.each(bodyRoutes.map((route) => [route.operationId, route] as const))(
    'of %s that it does not know is 400, whatever it is called',
    async (_operation, route) => {
      const { body } = await requests.to(route)
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
        const answer = await requests.ask(route, { body: { ...body, [name]: 'x' } })
        expect([name, answer.status, answer.body.code]).toEqual([name, 400, 'invalid_request'])
      }
    },
  )
})

/** The name with its first letter encoded, behind a percent sign. */
function hexOf(name: string): string {
  return `${name.charCodeAt(0).toString(16)}${name.slice(1)}`
}
