import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './support/postgres.ts'
import type { Pair } from './support/server.ts'
import { firstStartEnv, newDirectory, readManager } from './support/server-process.ts'
import { repository } from './support/sources.ts'
import { storeEngine } from './support/store-engine.ts'

// The bundle that `npm start` runs, in a directory without sources and node_modules.

const dist = join(repository, 'packages/server/dist')
const bundleStamp = join(dist, '.bundle-stamp.json')
const directory = newDirectory()
let database: TestDatabase | undefined
let child: ChildProcess | undefined

beforeAll(async () => {
  for (const file of bundledFiles()) cpSync(join(dist, file), join(directory, file))
  database = storeEngine() === 'postgres' ? await createTestDatabase() : undefined
})
afterAll(async () => {
  child?.kill('SIGKILL')
  await database?.drop()
  rmSync(directory, { recursive: true, force: true })
})

test('the bundle serves requests without other files, and exits with 0 on SIGTERM', async (ctx) => {
  requireBundle(ctx)
  const server = spawn(process.execPath, [join(directory, 'keyporter.mjs'), '--port', '0'], {
    env: { ...firstStartEnv(directory), ...(database && { DATABASE_URL: database.url }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child = server
  const url = await readAddress(server)
  expect(await statusOf(`${url}/livez`)).toBe(200)
  expect(await statusOf(`${url}/v1/apis`)).toBe(401)
  expect(await statusOf(`${url}/v1/apis`, readManager(directory))).toBe(200)

  const exited = once(server, 'exit')
  server.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})

test('the import worker of the bundle parses a document without other files', async (ctx) => {
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
  return existsSync(bundleStamp) ? JSON.parse(readFileSync(bundleStamp, 'utf8')).files : []
}

function requireBundle(ctx: TestContext): void {
  ctx.skip(!existsSync(bundleStamp), 'the server is not bundled: node scripts/setup.mjs --bundle')
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
    server.once('close', () => reject(new Error(`The bundle exited before it listened: ${text}`)))
  })
}

async function statusOf(url: string, pair?: Pair): Promise<number> {
  const basic = pair && `Basic ${btoa(`${pair.clientId}:${pair.clientSecret}`)}`
  const response = await fetch(url, {
    headers: basic === undefined ? {} : { authorization: basic },
  })
  await response.body?.cancel()
  return response.status
}
