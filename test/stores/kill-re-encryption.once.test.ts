import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStore } from '../../packages/server/src/store/open.ts'
import { openTestEncryption, type TestEncryption } from '../support/organization-encryption.ts'
import { basic, type Pair } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'
import { findUndecryptable, insertSecrets, readSecrets } from '../support/stored-secrets.ts'

// Killed at any moment of a rotation of the root key or organization keys: every secret decrypts,
// and the next start continues the rotation.

const ROUNDS = 20
const CONNECTIONS = 40
const SECRETS_OF_EACH = 5
const directory = newDirectory()
const dataDirectory = join(directory, 'data')
const env = { ...firstStartEnv(directory), KEYPORTER_LOG_LEVEL: 'error' }
let server: ServerProcess
let manager: Pair

beforeAll(async () => {
  server = await startServerProcess(env)
  const { organizationId, ...pair } = readManager(directory)
  manager = pair
  const other = await (await post('/v1/organizations', { name: 'Other' })).json()
  await server.end('SIGTERM')
  await whileStopped(async ({ organizationEncryption }, store) => {
    for (let count = 0; count < CONNECTIONS; count += 1)
      await store.transact((tx) =>
        insertSecrets(tx, organizationEncryption, count % 2 ? organizationId : other.id),
      )
  })
  server = await startServerProcess(env)
})
afterAll(() => server.end('SIGKILL'))

it(`killed ${ROUNDS} times while keys rotate, every secret decrypts, and the rotation completes`, async () => {
  const rotationMs = await rotateUninterrupted()
  for (let round = 0; round < ROUNDS; round += 1) {
    const scope = round % 2 === 0 ? 'root' : 'organizations'
    const rotation = post('/v1/encryption-keys/rotate', { scope }).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * rotationMs))
    await server.end('SIGKILL')
    await rotation
    expect(await findLostSecrets()).toStrictEqual([])
    server = await startServerProcess(env)
  }
  await waitUntilDone()
  // A rotation that was killed before it took effect leaves the next root key prepared. This
  // rotation uses it.
  await rotateUninterrupted()
  await server.end('SIGTERM')
  const keys = readdirSync(dataDirectory).filter((name) => name.startsWith('root.key'))
  expect(keys.filter((name) => !name.startsWith('root.key.retired-'))).toStrictEqual(['root.key'])
  // The previous keys are no longer required.
  for (const name of keys) if (name !== 'root.key') rmSync(join(dataDirectory, name))
  expect(keys.length).toBeGreaterThan(1)
  expect(await findLostSecrets()).toStrictEqual([])
  server = await startServerProcess(env)
}, 120_000)

/** The duration of a rotation of the root key or organization keys on this machine. */
async function rotateUninterrupted(): Promise<number> {
  const startedAt = performance.now()
  for (const scope of ['root', 'organizations']) {
    expect((await post('/v1/encryption-keys/rotate', { scope })).status).toBe(200)
    await waitUntilDone()
  }
  return (performance.now() - startedAt) / 2
}

async function waitUntilDone(): Promise<void> {
  const status = async () => {
    const headers = { authorization: basic(manager) }
    const response = await fetch(`${server.url}/v1/encryption-keys`, { headers })
    const { rootKey, organizationKeys } = await response.json()
    return [rootKey.remaining, rootKey.previousId, organizationKeys.retired]
  }
  await expect.poll(status, { timeout: 30_000 }).toStrictEqual([0, null, 0])
}

/**
 * Returns the encrypted values that do not decrypt, read like an intruder with the store and the
 * root key.
 */
async function findLostSecrets(): Promise<string[]> {
  return whileStopped(async ({ organizationEncryption }, { reader }) => {
    const secrets = await readSecrets(reader)
    if (secrets.length !== CONNECTIONS * SECRETS_OF_EACH) return ['a secret is missing']
    return findUndecryptable(organizationEncryption, secrets)
  })
}

async function whileStopped<T>(
  work: (node: TestEncryption, store: Awaited<ReturnType<typeof openStore>>) => Promise<T>,
): Promise<T> {
  const store = await openStore({ kind: 'sqlite', directory: dataDirectory })
  try {
    return await work(await openTestEncryption(store, { dataDirectory }), store)
  } finally {
    await store.close()
  }
}

function post(path: string, body: object): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: basic(manager), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}
