import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rootKeyId } from '../../packages/server/src/encryption/envelope.ts'
import { openStore, type Store } from '../../packages/server/src/store/open.ts'
import { openTestEncryption, type TestEncryption } from '../support/organization-encryption.ts'
import { createTestDatabase, requirePostgres, type TestDatabase } from '../support/postgres.ts'
import { basic, type Pair } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  runServer,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'
import { findUndecryptable, insertSecrets, readSecrets } from '../support/stored-secrets.ts'

// Two nodes on one PostgreSQL keep serving while the root key and the organizations' keys rotate.

const EXIT_CONFIG = 78
const CONNECTIONS = 60
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)]
const directory = newDirectory()
let database: TestDatabase | undefined
let nodes: readonly ServerProcess[] = []
let manager: Pair & { readonly organizationId: string }

const keyEnv = { KEYPORTER_ROOT_KEY: text(oldKey) }
const bothEnv = { KEYPORTER_ROOT_KEY: text(newKey), KEYPORTER_ROOT_KEY_PREVIOUS: text(oldKey) }
const newEnv = { KEYPORTER_ROOT_KEY: text(newKey) }

const environment = (keys: Record<string, string>) => ({
  ...firstStartEnv(directory),
  ...keys,
  DATABASE_URL: database?.url ?? '',
  KEYPORTER_PUBLIC_URL: 'http://keyporter.test',
  KEYPORTER_LOG_LEVEL: 'error',
})

beforeAll(async () => {
  if (process.env['TEST_DATABASE_URL'] === undefined) return
  database = await createTestDatabase()
  const first = await startServerProcess(environment(keyEnv))
  manager = readManager(directory)
  nodes = [first, await startServerProcess(environment(keyEnv))]
  await onStore(oldKey, async ({ organizationEncryption }, store) => {
    for (let count = 0; count < CONNECTIONS; count += 1)
      await store.transact((tx) =>
        insertSecrets(tx, organizationEncryption, manager.organizationId),
      )
  })
})
afterAll(async () => {
  for (const node of nodes) await node.end('SIGKILL')
  await database?.drop()
})

describe('two nodes', () => {
  it('rotate the root key with two rolling restarts and the rotation between them', async (ctx) => {
    requirePostgres(ctx)
    await restartEach(bothEnv)
    expect(await readRootKeyState(0)).toStrictEqual({ previousId: null, remaining: 0 })
    const responses = await Promise.all([0, 1].map((node) => rotate(node, 'root')))
    expect(responses.toSorted((a, b) => a - b)).toStrictEqual([200, 409])
    await whileServing(async () => {
      await expect.poll(() => readRootKeyState(1)).toStrictEqual({ previousId: null, remaining: 0 })
    })
    expect(await findLostSecrets()).toStrictEqual([])
    // Both encrypt with the new key: a signing key that the other node created signs here.
    for (const node of [0, 1]) {
      const body = { immediately: true }
      expect((await send(node, 'POST', '/v1/signing-keys/rotate', body)).status).toBe(201)
    }
    await restartEach(newEnv)
    expect(await findLostSecrets()).toStrictEqual([])
    const { code, output } = await runServer(environment(keyEnv))
    expect([code, output]).toEqual([
      EXIT_CONFIG,
      expect.stringContaining('does not match this database'),
    ])
  }, 60_000)

  it('re-encrypt at once with new organization keys, and lose nothing', async (ctx) => {
    requirePostgres(ctx)
    const responses = await Promise.all([0, 1].map((node) => rotate(node, 'organizations')))
    expect(responses).toStrictEqual([200, 200])
    const retired = async (node: number) => {
      const { organizationKeys } = await (await send(node, 'GET', '/v1/encryption-keys')).json()
      return organizationKeys.retired
    }
    await whileServing(async () => {
      await expect.poll(() => retired(1)).toBe(0)
    })
    expect(await findLostSecrets()).toStrictEqual([])
  }, 60_000)
})

it('need the previous key until the rotation is complete: without it the start fails', async (ctx) => {
  requirePostgres(ctx)
  for (const node of nodes) await node.end('SIGTERM')
  const next = { KEYPORTER_ROOT_KEY: text(randomBytes(32)) }
  const both = { ...next, KEYPORTER_ROOT_KEY_PREVIOUS: text(newKey) }
  nodes = [await startServerProcess(environment(both))]
  expect(await rotate(0, 'root')).toBe(200)
  await nodes[0]?.end('SIGKILL')
  await markRotationIncomplete(rootKeyId(newKey))
  const { code, output } = await runServer(environment(next))
  expect([code, output]).toEqual([
    EXIT_CONFIG,
    expect.stringContaining('Set KEYPORTER_ROOT_KEY_PREVIOUS'),
  ])
  nodes = [await startServerProcess(environment(both))]
  await expect.poll(() => readRootKeyState(0)).toStrictEqual({ previousId: null, remaining: 0 })
}, 60_000)

/** Records the rotation as incomplete again: it may have completed before the signal. */
async function markRotationIncomplete(keyId: string): Promise<void> {
  const store = await openStore(location())
  const row = { name: 'root_key_previous', value: keyId }
  await store.transact((tx) =>
    tx
      .insertInto('settings')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
  await store.close()
}

async function restartEach(keys: Record<string, string>): Promise<void> {
  for (const [index, node] of nodes.entries()) {
    await node.end('SIGTERM')
    const started = await startServerProcess(environment(keys))
    nodes = nodes.with(index, started)
  }
}

/** Checks that every request to either node succeeds while the work runs. */
async function whileServing(work: () => Promise<unknown>): Promise<void> {
  let isDone = false
  const serving = (async () => {
    while (!isDone) {
      for (const node of [0, 1]) {
        const form = new URLSearchParams({ grant_type: 'client_credentials' })
        const token = await fetch(`${nodes[node]?.url}/oauth/token`, {
          method: 'POST',
          headers: { authorization: basic(manager) },
          body: form,
        })
        const ready = await fetch(`${nodes[node]?.url}/readyz`)
        expect([token.status, ready.status]).toStrictEqual([200, 200])
      }
    }
  })()
  await work()
  isDone = true
  await serving
}

async function readRootKeyState(node: number): Promise<object> {
  const { rootKey } = await (await send(node, 'GET', '/v1/encryption-keys')).json()
  return { previousId: rootKey.previousId, remaining: rootKey.remaining }
}

async function rotate(node: number, scope: string): Promise<number> {
  return (await send(node, 'POST', '/v1/encryption-keys/rotate', { scope })).status
}

async function findLostSecrets(): Promise<string[]> {
  return onStore(newKey, async ({ organizationEncryption }, { reader }) => {
    const secrets = await readSecrets(reader)
    return secrets.length === CONNECTIONS * 5
      ? findUndecryptable(organizationEncryption, secrets)
      : ['a secret is missing']
  })
}

async function onStore<T>(
  rootKey: Uint8Array,
  work: (node: TestEncryption, store: Store) => Promise<T>,
): Promise<T> {
  const store = await openStore(location())
  try {
    return await work(await openTestEncryption(store, { rootKey }), store)
  } finally {
    await store.close()
  }
}

function location() {
  return { kind: 'postgres', url: database?.url ?? '' } as const
}

function send(node: number, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${nodes[node]?.url}${path}`, {
    method,
    headers: {
      authorization: basic(manager),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

function text(key: Uint8Array): string {
  return Buffer.from(key).toString('base64url')
}
