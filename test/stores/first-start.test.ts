import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../support/postgres.ts'
import { basic } from '../support/server.ts'
import {
  firstStartEnv,
  killServerAfter,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'
import { storeEngine } from '../support/store-engine.ts'
import { type DataLocation, readRows } from '../support/tables.ts'

// Interrupted or not, a first start creates everything once and completely.

const ROUNDS = 8

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp()
})

type Installation = {
  readonly directory: string
  readonly env: Record<string, string>
} & DataLocation

async function newInstallation(): Promise<Installation> {
  const directory = newDirectory()
  const database = storeEngine() === 'postgres' ? await createTestDatabase() : undefined
  if (database !== undefined) cleanups.push(() => database.drop())
  return {
    directory,
    dataDirectory: join(directory, 'data'),
    databaseUrl: database?.url,
    env: {
      ...firstStartEnv(directory),
      ...(database === undefined ? {} : { DATABASE_URL: database.url }),
      KEYPORTER_LOG_LEVEL: 'error',
    },
  }
}

async function start(env: Record<string, string>): Promise<ServerProcess> {
  const server = await startServerProcess(env)
  cleanups.push(() => server.end('SIGKILL'))
  return server
}

const count = async (place: DataLocation, what: string) => {
  const [row] = await readRows(place, `select count(*) as count from ${what}`)
  return Number(row?.['count'])
}

/** Checks the objects of a first start: their counts, and that the credential works. */
async function expectCompleteSetup(
  installation: Installation,
  server: ServerProcess,
): Promise<void> {
  expect({
    operators: await count(installation, 'organizations'),
    keys: await count(installation, 'settings'),
    signingKeys: await count(installation, 'signing_keys'),
    builtInApis: await count(installation, 'apis'),
    credentials: await count(installation, 'credentials'),
    secrets: await count(installation, 'credential_secrets'),
    setUps: await count(installation, "audit_events where action = 'setup.completed'"),
  }).toEqual({
    operators: 1,
    keys: 3,
    signingKeys: 1,
    builtInApis: 1,
    credentials: 1,
    secrets: 1,
    setUps: 1,
  })
  const response = await fetch(`${server.url}/v1/audit-events/verify`, {
    headers: { authorization: basic(readManager(installation.directory)) },
  })
  expect([response.status, await response.json()]).toEqual([
    200,
    expect.objectContaining({ intact: true }),
  ])
}

describe('a first start', () => {
  it('that is killed repeatedly, at any moment, is completed by the next one', async () => {
    const installation = await newInstallation()
    // The duration of a start on this machine, most of which is module loading.
    const startedMs = performance.now()
    const other = await start((await newInstallation()).env)
    const tookMs = performance.now() - startedMs
    await other.end('SIGTERM')
    for (let round = 0; round < ROUNDS; round += 1) {
      await killServerAfter(installation.env, tookMs * (0.3 + (0.7 * round) / ROUNDS))
    }
    await expectCompleteSetup(installation, await start(installation.env))
    expect(
      readdirSync(installation.directory).filter((name) => name.startsWith('manager')),
    ).toEqual(['manager.json'])
    expect(existsSync(join(installation.dataDirectory, 'root.key'))).toBe(true)
  })
})
