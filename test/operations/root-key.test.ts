import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { basic } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  runServer,
  startServerProcess,
} from '../support/server-process.ts'
import { storeEngine } from '../support/store-engine.ts'
import { readRows } from '../support/tables.ts'

// With a wrong, missing or damaged root key the server does not start, and creates no key beside
// existing data.

const EXIT_CONFIG = 78

/** An installation that was started once and stopped. */
type Installation = {
  readonly directory: string
  readonly env: Record<string, string>
  readonly keyPath: string
  readonly database: TestDatabase | undefined
}

async function install(more: Record<string, string> = {}): Promise<Installation> {
  const directory = newDirectory()
  const database = storeEngine() === 'postgres' ? await createTestDatabase() : undefined
  const env = {
    ...firstStartEnv(directory),
    ...(database === undefined ? {} : { DATABASE_URL: database.url }),
    KEYPORTER_LOG_LEVEL: 'error',
  }
  const server = await startServerProcess({ ...env, ...more })
  await server.end('SIGTERM')
  return { directory, env, database, keyPath: join(directory, 'data', 'root.key') }
}

const readEncryptedKeys = ({ directory, database }: Installation) =>
  readRows(
    { dataDirectory: join(directory, 'data'), databaseUrl: database?.url },
    'select * from settings order by name',
  )

const newKey = () => randomBytes(32).toString('base64url')

async function startsAndServes(
  { env, directory }: Installation,
  more: Record<string, string> = {},
) {
  const server = await startServerProcess({ ...env, ...more })
  const response = await fetch(`${server.url}/v1/credentials`, {
    headers: { authorization: basic(readManager(directory)) },
  })
  await server.end('SIGTERM')
  return response.status === 200
}

describe('a root key in the data directory', () => {
  let installation: Installation
  let key: string
  beforeAll(async () => {
    installation = await install()
    key = readFileSync(installation.keyPath, 'utf8')
  })
  afterAll(() => installation.database?.drop())

  it.each([
    ['missing', (path: string) => rmSync(path), 'The root key of this database is missing'],
    [
      'another one',
      (path: string) => writeFileSync(path, `${newKey()}\n`),
      'The root key does not match this database',
    ],
    [
      'too short',
      (path: string) => writeFileSync(path, key.slice(0, 20)),
      'is not valid. Expected: 32 bytes in base64url.',
    ],
    [
      'readable by the group',
      (path: string) => chmodSync(path, 0o640),
      'Other users can read the root key',
    ],
  ])(
    'that is %s ends the start with exit code 78 and one sentence, and creates nothing',
    async (_name, damage, message) => {
      const keysBefore = await readEncryptedKeys(installation)
      damage(installation.keyPath)
      const fileBefore = existsSync(installation.keyPath)
        ? readFileSync(installation.keyPath, 'utf8')
        : undefined
      try {
        const { code, output } = await runServer(installation.env)
        expect(code).toBe(EXIT_CONFIG)
        expect(output).toMatch(/^Keyporter cannot start: [^\n]+\n$/)
        expect(output).toContain(message)
        expect(output).not.toContain(key.trim())
        expect(
          existsSync(installation.keyPath) ? readFileSync(installation.keyPath, 'utf8') : undefined,
        ).toBe(fileBefore)
        expect(await readEncryptedKeys(installation)).toEqual(keysBefore)
      } finally {
        writeFileSync(installation.keyPath, key)
        chmodSync(installation.keyPath, 0o600)
      }
    },
  )

  it('works again once it is restored, even from the environment', async () => {
    expect(await startsAndServes(installation)).toBe(true)
    rmSync(installation.keyPath)
    expect(await startsAndServes(installation, { KEYPORTER_ROOT_KEY: key.trim() })).toBe(true)
    expect(existsSync(installation.keyPath)).toBe(false)
    writeFileSync(installation.keyPath, key, { mode: 0o600 })
  })

  it('decrypts nothing if the environment contains another root key', async () => {
    const { code, output } = await runServer({ ...installation.env, KEYPORTER_ROOT_KEY: newKey() })
    expect([code, output]).toEqual([
      EXIT_CONFIG,
      expect.stringContaining('does not match this database'),
    ])
  })
})

describe('a root key in the environment', () => {
  it('is written to no file, and is required at every start', async () => {
    const key = newKey()
    const installation = await install({ KEYPORTER_ROOT_KEY: key })
    try {
      expect(existsSync(installation.keyPath)).toBe(false)
      const { code, output } = await runServer(installation.env)
      expect([code, output]).toEqual([EXIT_CONFIG, expect.stringContaining('KEYPORTER_ROOT_KEY')])
      expect(existsSync(installation.keyPath)).toBe(false)
      const file = join(installation.directory, 'key-from-elsewhere')
      writeFileSync(file, `${key}\n`)
      expect(await startsAndServes(installation, { KEYPORTER_ROOT_KEY_FILE: file })).toBe(true)
      expect(existsSync(installation.keyPath)).toBe(false)
    } finally {
      await installation.database?.drop()
    }
  })
})
