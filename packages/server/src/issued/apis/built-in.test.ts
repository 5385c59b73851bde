import { managementPermissions } from '@keyporter/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'
import { syncBuiltInApi } from './built-in.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

async function builtIn() {
  const [{ id }] = (await server.send('GET', '/v1/apis?slug=keyporter')).body.data
  return server.send('GET', `/v1/apis/${id}`)
}

describe('does', () => {
  it('the built-in API defines the permissions of the management API and of each route', async () => {
    const { body } = await builtIn()
    expect(body).toMatchObject({
      slug: 'keyporter',
      name: 'Keyporter',
      identifier: `${server.url}/v1`,
      builtIn: true,
      organizations: 'all',
      tokenTtlSeconds: 3600,
    })
    expect(body.scopes).toEqual(managementPermissions)
    expect(body.operations).toContainEqual({
      method: 'PATCH',
      path: '/v1/credentials/{id}',
      permissions: ['CREDENTIAL_READ', 'CREDENTIAL_WRITE'],
    })
    const needed = body.operations.flatMap(
      ({ permissions }: { permissions: string[] }) => permissions,
    )
    expect(managementPermissions).toEqual(expect.arrayContaining(needed))
  })

  it('a restart with the same version and URL changes nothing', async () => {
    await server.restart()
    expect((await builtIn()).headers.get('etag')).toBe('"1"')
  })

  it('a new public URL and new permissions update the built-in API', async () => {
    const ctx = server.program.systemContext(server.operatorId)
    await syncBuiltInApi({ ...ctx, publicUrl: 'https://keys.example.com' })
    const moved = await builtIn()
    expect([moved.body.identifier, moved.headers.get('etag')]).toEqual([
      'https://keys.example.com/v1',
      '"2"',
    ])
    await syncBuiltInApi(ctx)
    expect((await builtIn()).body.identifier).toBe(`${server.url}/v1`)
  })

  it('nothing is written before setup', async () => {
    const empty = await startTestServer({ setUp: false })
    await expect(syncBuiltInApi(empty.program.systemContext(''))).resolves.toBeUndefined()
    await empty.close()
  })
})

describe('records', () => {
  it('the system as the actor of the change', async () => {
    const { id } = (await builtIn()).body
    const { data } = (await server.send('GET', `/v1/audit-events?targetId=${id}&limit=1`)).body
    expect(data[0]).toMatchObject({
      action: 'api.updated',
      actor: { type: 'system', id: null, name: 'Keyporter' },
      changes: { identifier: { from: 'https://keys.example.com/v1', to: `${server.url}/v1` } },
    })
  })
})
