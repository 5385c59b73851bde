import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  openTestEncryption,
  type TestEncryption,
} from '../../../../test/support/organization-encryption.ts'
import {
  findUndecryptable,
  insertSecrets,
  readSecrets,
} from '../../../../test/support/stored-secrets.ts'
import { type Context, system } from '../kernel/context.ts'
import { openStore, type Store } from '../store/open.ts'
import { isReEncryptionDue, reEncrypt } from './re-encrypt-all.ts'
import { findRootKeyState } from './root-key-rows.ts'
import { rotateEncryptionKeys } from './rotate.ts'

const seeded = mkdtempSync(join(tmpdir(), 'keyporter-re-encryption-'))
const OWNERS = ['org_1', 'org_2']
const SECRETS = OWNERS.length * 5
afterAll(() => rmSync(seeded, { recursive: true, force: true }))

/** A node on a directory. */
type Node = { readonly store: Store; readonly keys: TestEncryption; readonly ctx: Context }

beforeAll(async () => {
  await onNode(seeded, Number.POSITIVE_INFINITY, async ({ store, keys }) => {
    await store.transact(async (tx) => {
      for (const id of OWNERS) {
        const organization = { id, name: id, slug: id, operator: id === 'org_1' ? 1 : 0 }
        const rest = { features: '{}', policy: '{}', createdAt: 1, updatedAt: 1, version: 1 }
        await tx
          .insertInto('organizations')
          .values({ ...organization, ...rest })
          .execute()
        await insertSecrets(tx, keys.organizationEncryption, id)
      }
    })
  })
})

it('after an interruption at any transaction, every secret decrypts and the next start completes the rotation', async () => {
  let interruptions = 0
  for (let at = 0; ; at += 1) {
    const directory = mkdtempSync(join(tmpdir(), 'keyporter-re-encryption-'))
    cpSync(seeded, directory, { recursive: true })
    const isComplete = await onNode(directory, at, rotateEverything).then(
      () => true,
      (error: unknown) => {
        if (error !== interruption) throw error
        return false
      },
    )
    await onNode(directory, Number.POSITIVE_INFINITY, async (node) => {
      expect(await readLost(node)).toStrictEqual([])
      await runReEncryption(node)
      expect(await isReEncryptionDue(node.store.reader)).toBe(false)
      expect(await readLost(node)).toStrictEqual([])
    })
    rmSync(directory, { recursive: true, force: true })
    if (isComplete) break
    interruptions += 1
  }
  // Before and after each transaction: every step has at least one.
  expect(interruptions).toBeGreaterThan(30)
}, 60_000)

async function rotateEverything(node: Node): Promise<void> {
  for (const scope of ['root', 'organizations'] as const) {
    await rotateEncryptionKeys(node.ctx, { params: {}, query: {}, body: { scope } })
    await refreshRootKey(node)
    await runReEncryption(node)
  }
}

/** Replaces the change feed. */
async function refreshRootKey({ store, keys }: Node): Promise<void> {
  keys.rootEncryption.setCurrentKey((await findRootKeyState(store.reader)).currentKeyId)
}

function runReEncryption({ ctx, store }: Node): Promise<void> {
  const log = { warn: () => undefined }
  return reEncrypt({ ctx, store, log }, new AbortController().signal)
}

async function readLost({ store, keys }: Node): Promise<string[]> {
  const secrets = await readSecrets(store.reader)
  return secrets.length === SECRETS
    ? findUndecryptable(keys.organizationEncryption, secrets)
    : ['a secret is not there']
}

const interruption = new Error('interrupted')

/** Runs work like a process that is killed before or after one of its transactions. */
async function onNode(
  dataDirectory: string,
  endsAt: number,
  work: (node: Node) => Promise<void>,
): Promise<void> {
  const opened = await openStore({ kind: 'sqlite', directory: dataDirectory })
  try {
    const keys = await openTestEncryption(opened, { dataDirectory })
    const store = interrupted(opened, endsAt)
    await work({ store, keys, ctx: contextOf(store, keys) })
  } finally {
    await opened.close()
  }
}

function interrupted(store: Store, endsAt: number): Store {
  let step = 0
  const checkStep = (): void => {
    step += 1
    if (step > endsAt) throw interruption
  }
  return {
    ...store,
    transact: async (work) => {
      checkStep()
      const result = await store.transact(work)
      checkStep()
      return result
    },
  }
}

/**
 * Returns the operator's context without audit log and change feed, which the test does not need.
 */
function contextOf(
  store: Store,
  { rootEncryption, organizationEncryption }: TestEncryption,
): Context {
  const context: Partial<Context> = {
    actor: system,
    operator: true,
    organizationId: 'org_1',
    clock: { now: () => Date.parse('2027-03-01T12:00:00.000Z') },
    random: randomBytes,
    db: store.reader,
    rootEncryption,
    organizationEncryption,
    mutate: (work) => store.transact(async (tx) => (await work(tx)).result),
  }
  // safe because rotation and re-encryption use only these members
  return context as Context
}
