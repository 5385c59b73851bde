import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { schemaVersion } from '../../packages/server/src/store/migrate.ts'
import { openStore } from '../../packages/server/src/store/open.ts'
import { createTestDatabase, requirePostgres, type TestDatabase } from '../support/postgres.ts'
import { basic } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  runServer,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'
import { readRows } from '../support/tables.ts'

// Nodes that start at the same moment on an empty PostgreSQL.

const PROVIDED = process.env['TEST_DATABASE_URL'] !== undefined
let database: TestDatabase
let nodes: ServerProcess[] = []

beforeEach(async () => {
  if (PROVIDED) database = await createTestDatabase()
})
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.end('SIGKILL')))
  if (PROVIDED) await database.drop()
})

const nodeEnv = (directory: string, more: Record<string, string> = {}) => ({
  ...firstStartEnv(directory),
  DATABASE_URL: database.url,
  KEYPORTER_PUBLIC_URL: 'https://keys.example.com',
  KEYPORTER_LOG_LEVEL: 'error',
  ...more,
})
const count = async (what: string) => {
  const [row] = await readRows(
    { dataDirectory: '', databaseUrl: database.url },
    `select count(*) as count from ${what}`,
  )
  return Number(row?.['count'])
}

describe('two nodes that start at once', () => {
  it.for(['with one directory', 'with a directory each and the root key from outside'])(
    '%s create one operator and one set of keys, and both serve',
    async (how, ctx) => {
      requirePostgres(ctx)
      const homes = [newDirectory(), newDirectory()]
      const more: Record<string, string> =
        how === 'with one directory'
          ? { KEYPORTER_DATA_DIR: join(newDirectory(), 'data') }
          : { KEYPORTER_ROOT_KEY: 'A'.repeat(43) }
      nodes = await Promise.all(homes.map((home) => startServerProcess(nodeEnv(home, more))))
      const written = homes.filter((home) => existsSync(join(home, 'manager.json')))
      expect(written).toHaveLength(1)
      const manager = readManager(written[0] ?? '')
      expect(await count('organizations')).toBe(1)
      expect(await count('settings')).toBe(3)
      expect(await count('credentials')).toBe(1)
      expect(await count("apis where slug = 'keyporter'")).toBe(1)
      expect(await count('signing_keys')).toBe(1)
      expect(await count("audit_events where action = 'setup.completed'")).toBe(1)
      const tokens = await Promise.all(
        nodes.map(async ({ url }) => {
          const response = await fetch(`${url}/oauth/token`, {
            method: 'POST',
            headers: { authorization: basic(manager) },
            body: new URLSearchParams({ grant_type: 'client_credentials' }),
          })
          expect(response.status).toBe(200)
          const { access_token: token } = await response.json()
          return token
        }),
      )
      // Each node accepts the tokens of the other, and both publish the same keys.
      for (const { url } of nodes) {
        for (const token of tokens) {
          const headers = { authorization: `Bearer ${token}` }
          expect((await fetch(`${url}/v1/credentials`, { headers })).status).toBe(200)
        }
      }
      const published = await Promise.all(
        nodes.map(async ({ url }) => (await fetch(`${url}/.well-known/jwks.json`)).text()),
      )
      expect(new Set(published).size).toBe(1)
    },
  )

  it('with one file for the first credential write it once, and both serve', async (ctx) => {
    requirePostgres(ctx)
    const home = newDirectory()
    nodes = await Promise.all(
      [1, 2].map(() =>
        startServerProcess(nodeEnv(home, { KEYPORTER_DATA_DIR: join(home, 'data') })),
      ),
    )
    expect(readdirSync(home).toSorted()).toEqual(['data', 'manager.json'])
    const headers = { authorization: basic(readManager(home)) }
    for (const { url } of nodes)
      expect((await fetch(`${url}/v1/credentials`, { headers })).status).toBe(200)
  })

  it('with different root keys: one owns the database, the other reports it and exits with 78', async (ctx) => {
    requirePostgres(ctx)
    const first = newDirectory()
    nodes = [await startServerProcess(nodeEnv(first))]
    const { code, output } = await runServer(nodeEnv(newDirectory()))
    expect([code, output]).toEqual([78, expect.stringContaining('root key')])
    expect((await fetch(`${nodes[0]?.url}/readyz`)).status).toBe(200)
  })

  it('migrate an empty database once', async (ctx) => {
    requirePostgres(ctx)
    const stores = await Promise.all(
      Array.from({ length: 3 }, () => openStore({ kind: 'postgres', url: database.url })),
    )
    await Promise.all(stores.map((store) => store.close()))
    expect(await count('schema_versions')).toBe(schemaVersion)
  })
})
