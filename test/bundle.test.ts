import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './support/postgres.ts'
import { firstStart, newDirectory, readManager } from './support/process.ts'
import type { Pair } from './support/server.ts'
import { repository } from './support/sources.ts'
import { testStore } from './support/store.ts'

// What `npm start` runs, copied away from the repository: no sources and no node_modules near it.

const dist = join(repository, 'packages/server/dist')
const stamp = join(dist, '.bundle-stamp.json')
const directory = newDirectory()
let database: TestDatabase | undefined
let child: ChildProcess | undefined

beforeAll(async () => {
  for (const file of bundledFiles()) cpSync(join(dist, file), join(directory, file))
  database = testStore() === 'postgres' ? await createTestDatabase() : undefined
})
afterAll(async () => {
  child?.kill('SIGKILL')
  await database?.drop()
  rmSync(directory, { recursive: true, force: true })
})

test('the bundle serves with nothing beside it, and ends in good order', async (ctx) => {
  requireBundle(ctx)
  const server = spawn(process.execPath, [join(directory, 'keyporter.mjs'), '--port', '0'], {
    env: { ...firstStart(directory), ...(database && { DATABASE_URL: database.url }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child = server
  const url = await readAddress(server)
  expect(await statusOf(`${url}/livez`)).toBe(200)
  expect(await statusOf(`${url}/v1/apis`)).toBe(401)
  expect(await statusOf(`${url}/v1/apis`, readManager(directory))).toBe(200)

  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

test('the worker of the bundle reads a document with nothing beside it', async (ctx) => {
  requireBundle(ctx)
  const bytes = new TextEncoder().encode('{"openapi":"3.1.0"}')
  const worker = new Worker(join(directory, 'import-worker.mjs'), {
    workerData: { bytes, memoryBytesMax: 2 ** 27 },
    execArgv: [],
    env: {},
  })
  const [outcome] = await once(worker, 'message')
  expect(outcome).toBeTypeOf('object')
})

function bundledFiles(): string[] {
  return existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')).files : []
}

function requireBundle(ctx: TestContext): void {
  ctx.skip(!existsSync(stamp), 'the server is not bundled: node scripts/setup.mjs --bundle')
}

function readAddress(server: ChildProcess): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on('data', (part) => {
        text += part
        const address = /listens on (\S+)/.exec(text)?.[1]
        if (address !== undefined) resolve(address)
      })
    }
    server.once('close', () => reject(new Error(`The bundle ended before it served: ${text}`)))
  })
}

async function statusOf(url: string, pair?: Pair): Promise<number> {
  const basic = pair && `Basic ${btoa(`${pair.clientId}:${pair.clientSecret}`)}`
  const answer = await fetch(url, { headers: basic === undefined ? {} : { authorization: basic } })
  await answer.body?.cancel()
  return answer.status
}
