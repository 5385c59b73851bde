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

const sealedKeys = ({ directory, database }: Installation) =>
  readRows(
    { dataDirectory: join(directory, 'data'), databaseUrl: database?.url },
    'select * from settings order by name',
  )

const newKey = () => randomBytes(32).toString('base64url')

async function works({ env, directory }: Installation, more: Record<string, string> = {}) {
  const server = await startServerProcess({ ...env, ...more })
  const response = await fetch(`${server.url}/v1/credentials`, {
    headers: { authorization: basic(readManager(directory)) },
  })
  await server.end('SIGTERM')
  return response.status === 200
}

describe('a root key in the data directory', () => {
  let made: Installation
  let key: string
  beforeAll(async () => {
    made = await install()
    key = readFileSync(made.keyPath, 'utf8')
  })
  afterAll(() => made.database?.drop())

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
      const sealed = await sealedKeys(made)
      damage(made.keyPath)
      const left = existsSync(made.keyPath) ? readFileSync(made.keyPath, 'utf8') : undefined
      try {
        const { code, output } = await runServer(made.env)
        expect(code).toBe(EXIT_CONFIG)
        expect(output).toMatch(/^Keyporter cannot start: [^\n]+\n$/)
        expect(output).toContain(message)
        expect(output).not.toContain(key.trim())
        expect(existsSync(made.keyPath) ? readFileSync(made.keyPath, 'utf8') : undefined).toBe(left)
        expect(await sealedKeys(made)).toEqual(sealed)
      } finally {
        writeFileSync(made.keyPath, key)
        chmodSync(made.keyPath, 0o600)
      }
    },
  )

  it('works again once it is restored, even from the environment', async () => {
    expect(await works(made)).toBe(true)
    rmSync(made.keyPath)
    expect(await works(made, { KEYPORTER_ROOT_KEY: key.trim() })).toBe(true)
    expect(existsSync(made.keyPath)).toBe(false)
    writeFileSync(made.keyPath, key, { mode: 0o600 })
  })

  it('decrypts nothing if the environment contains another root key', async () => {
    const { code, output } = await runServer({ ...made.env, KEYPORTER_ROOT_KEY: newKey() })
    expect([code, output]).toEqual([
      EXIT_CONFIG,
      expect.stringContaining('does not match this database'),
    ])
  })
})

describe('a root key in the environment', () => {
  it('is written to no file, and is required at every start', async () => {
    const key = newKey()
    const made = await install({ KEYPORTER_ROOT_KEY: key })
    try {
      expect(existsSync(made.keyPath)).toBe(false)
      const { code, output } = await runServer(made.env)
      expect([code, output]).toEqual([EXIT_CONFIG, expect.stringContaining('KEYPORTER_ROOT_KEY')])
      expect(existsSync(made.keyPath)).toBe(false)
      const file = join(made.directory, 'key-from-elsewhere')
      writeFileSync(file, `${key}\n`)
      expect(await works(made, { KEYPORTER_ROOT_KEY_FILE: file })).toBe(true)
      expect(existsSync(made.keyPath)).toBe(false)
    } finally {
      await made.database?.drop()
    }
  })
})
