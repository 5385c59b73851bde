import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { createTestDatabase, requirePostgres } from '../../../../test/support/postgres.ts'
import { startTestServer, type TestServer } from '../../../../test/support/server.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

it('of two nodes that start concurrently on an empty database, one creates the operator', async (ctx) => {
  requirePostgres(ctx)
  const database = await createTestDatabase()
  stops.push(() => database.drop())
  const paths = [newPath(), newPath()]
  const nodes = await Promise.all(paths.map((path) => startNode(database.url, path)))
  const written = paths.filter((path) => existsSync(path))
  expect(written).toHaveLength(1)
  expect(paths.flatMap((path) => readdirSync(dirname(path)))).toStrictEqual(['manager.json'])
  const manager = JSON.parse(readFileSync(written[0] ?? '', 'utf8'))
  for (const node of nodes) {
    const { status, body } = await node.send('GET', '/v1/organizations', { as: manager })
    expect([status, body.data.length]).toStrictEqual([200, 1])
  }
})

const newPath = () => join(mkdtempSync(join(tmpdir(), 'keyporter-node-')), 'manager.json')

async function startNode(databaseUrl: string, path: string): Promise<TestServer> {
  const node = await startTestServer({
    setUp: false,
    env: {
      DATABASE_URL: databaseUrl,
      KEYPORTER_ROOT_KEY: 'A'.repeat(43),
      KEYPORTER_INIT_CREDENTIAL_FILE: path,
    },
  })
  stops.push(() => node.close())
  return node
}
