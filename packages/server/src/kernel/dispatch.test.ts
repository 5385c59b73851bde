import { routes } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../../../test/support/server.ts'
import type { Principal } from './context.ts'
import { createDispatch, type Dispatch, type RouteCall } from './dispatch.ts'
import { handle } from './route-handler.ts'

let server: TestServer
let dispatch: Dispatch
let features = { issued: true, stored: true, webhooks: true }
const uses: string[] = []
beforeAll(async () => {
  server = await startTestServer()
  dispatch = createDispatch({
    createContext: (caller) => ({ ...server.program.systemContext(''), ...caller }),
    findFeatures: async () => features,
    recordUse: ({ outcome }) => void uses.push(outcome),
  })
})
afterAll(() => server.close())

const principal = (permissions: readonly string[]): Principal => ({
  actor: {
    kind: 'credential',
    id: 'cred_caller',
    name: 'Caller',
    organizationId: server.operatorId,
    permissions: new Set(permissions),
    clientId: 'kpc_test_caller',
    environment: 'test',
  },
  operator: true,
  session: false,
})
const call = (changes: Partial<RouteCall>): RouteCall => ({
  principal: principal(['INTEGRATION_READ', 'ORGANIZATION_WRITE']),
  source: { requestId: 'req_test', ip: '192.0.2.1', userAgent: '' },
  params: {},
  query: {},
  readBody: () => ({}),
  ifVersion: undefined,
  chooseMediaType: () => undefined,
  once: (run) => run(undefined),
  ...changes,
})
const list = handle(routes.integrations.list, async (ctx, { query }) => {
  const data = { data: [], nextCursor: `${ctx.organizationId} ${query.limit ?? ''}`, extra: 1 }
  return data
})

describe('dispatch', () => {
  it('runs a verb without HTTP, and removes undeclared fields from its result', async () => {
    const result = await dispatch(list, call({ query: { limit: '7' } }))
    expect(result).toMatchObject({ status: 200 })
    expect(JSON.parse(result.body ?? '')).toEqual({
      data: [],
      nextCursor: `${server.operatorId} 7`,
    })
    expect(uses).toEqual(['valid'])
  })

  it('rejects a caller without the permission before it reads the body', async () => {
    const readBody = () => expect.unreachable('the body was read')
    await expect(
      dispatch(list, call({ principal: principal([]), readBody })),
    ).rejects.toMatchObject({ code: 'insufficient_permissions' })
    expect(uses.at(-1)).toBe('insufficient_permissions')
  })

  it('gives the same response for a disabled feature as for a missing route', async () => {
    features = { ...features, stored: false }
    const chooseMediaType = () => expect.unreachable('the media type was chosen')
    await expect(dispatch(list, call({ chooseMediaType }))).rejects.toMatchObject({
      code: 'not_found',
    })
    features = { ...features, stored: true }
  })

  it('rejects unknown fields and a malformed organization id', async () => {
    await expect(dispatch(list, call({ query: { unknown: 'x' } }))).rejects.toMatchObject({
      code: 'invalid_request',
    })
    await expect(dispatch(list, call({ query: { organizationId: 'x' } }))).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
