import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createTestDatabase, requirePostgres } from '../support/postgres.ts'
import { basic } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  runServer,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'

// The directory belongs to its owner, and to one process at a time.

const running: ServerProcess[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.end('SIGKILL')
})

async function start(env: Record<string, string>): Promise<ServerProcess> {
  const server = await startServerProcess(env)
  running.push(server)
  return server
}

const modes = (directory: string) =>
  Object.fromEntries(
    readdirSync(directory).map((name) => [
      name,
      (statSync(join(directory, name)).mode & 0o777).toString(8),
    ]),
  )

const listStatus = async (server: ServerProcess, directory: string) => {
  const response = await fetch(`${server.url}/v1/credentials`, {
    headers: { authorization: basic(readManager(directory)) },
  })
  return response.status
}

describe('the data directory', () => {
  it('contains only files that their owner alone can read, whatever the umask', async () => {
    const directory = newDirectory()
    const data = join(directory, 'data')
    mkdirSync(data)
    chmodSync(data, 0o755)
    const before = process.umask(0)
    try {
      await start({ KEYPORTER_DATA_DIR: data, KEYPORTER_PORT: '0' })
    } finally {
      process.umask(before)
    }
    expect((statSync(data).mode & 0o777).toString(8)).toBe('700')
    expect(modes(data)).toEqual({
      'keyporter.sqlite': '600',
      'keyporter.sqlite-shm': '600',
      'keyporter.sqlite-wal': '600',
      'lock.pid': '600',
      'lock.sqlite': '600',
      'lock.sqlite-journal': '600',
      'root.key': '600',
      'setup-code': '600',
    })
  })

  it('is closed to others with PostgreSQL too, if it exists', async (ctx) => {
    requirePostgres(ctx)
    const database = await createTestDatabase()
    const data = join(newDirectory(), 'data')
    mkdirSync(data)
    chmodSync(data, 0o755)
    try {
      const server = await start({
        DATABASE_URL: database.url,
        KEYPORTER_DATA_DIR: data,
        KEYPORTER_PORT: '0',
      })
      expect((statSync(data).mode & 0o777).toString(8)).toBe('700')
      expect(modes(data)).toEqual({ 'root.key': '600', 'setup-code': '600' })
      await server.end('SIGTERM')
    } finally {
      await database.drop()
    }
  })

  it('belongs to one process: a second one exits and names the first, which keeps running', async () => {
    const directory = newDirectory()
    const env = firstStartEnv(directory)
    const first = await start(env)
    const second = await runServer({ ...env, KEYPORTER_INIT_CREDENTIAL_FILE: '' })
    expect(second.code).toBe(1)
    expect(second.output).toBe(
      `Keyporter cannot start: The data directory ${env['KEYPORTER_DATA_DIR']} is in use by process ${first.child.pid}. Stop that process or set KEYPORTER_DATA_DIR.\n`,
    )
    expect(await listStatus(first, directory)).toBe(200)
    // The second process has not changed the lock of the first.
    const third = await runServer(env)
    expect(third.output).toContain(`in use by process ${first.child.pid}.`)
  })

  it('is free at once after kill -9, even if the lock file names a running process', async () => {
    const directory = newDirectory()
    const env = firstStartEnv(directory)
    const first = await start(env)
    await first.end('SIGKILL')
    const lock = join(directory, 'data', 'lock.pid')
    expect(readFileSync(lock, 'utf8')).toBe(`${first.child.pid}\n`)
    // The operating system can give the same process ID to another process.
    writeFileSync(lock, `${process.pid}\n`)
    const second = await start(env)
    expect(await listStatus(second, directory)).toBe(200)
    expect(readFileSync(lock, 'utf8')).toBe(`${second.child.pid}\n`)
  })

  it('contains no lock and no log after a clean exit', async () => {
    const directory = newDirectory()
    const server = await start(firstStartEnv(directory))
    expect(await server.end('SIGTERM')).toBe(0)
    expect(Object.keys(modes(join(directory, 'data')))).toEqual([
      'keyporter.sqlite',
      'lock.sqlite',
      'root.key',
    ])
  })
})
