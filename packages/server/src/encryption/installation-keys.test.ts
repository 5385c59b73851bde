import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  openTestEncryption,
  type TestEncryption,
} from '../../../../test/support/organization-encryption.ts'
import { useTestStore } from '../../../../test/support/test-store.ts'
import { type EncryptionContext, rootKeyId } from './envelope.ts'
import { DecryptionError } from './organization-encryption.ts'
import { clearPreviousRootKey, findRootKeyState, switchRootKey } from './root-key-rows.ts'

const store = useTestStore()
const [first, second, stranger] = [randomBytes(32), randomBytes(32), randomBytes(32)]
const context: EncryptionContext = { organization: 'org_1', record: 'r', field: 'f', version: 1 }
let ciphertext: string
let outdated: TestEncryption

beforeAll(async () => {
  outdated = await openTestEncryption(store(), { rootKey: first })
  ciphertext = await outdated.encrypt('canary', context)
})

const start = (rootKey: Uint8Array, previous?: Uint8Array) =>
  openTestEncryption(store(), { rootKey, ...(previous === undefined ? {} : { previous }) })

describe('before a rotation', () => {
  it('an additional new key does not change the current key', async () => {
    const { rootEncryption, decrypt } = await start(second, first)
    expect([rootEncryption.keyId, rootEncryption.nextKeyId()]).toStrictEqual([
      rootKeyId(first),
      rootKeyId(second),
    ])
    expect(await decrypt(ciphertext, context)).toBe('canary')
    expect((await start(first)).rootEncryption.nextKeyId()).toBeUndefined()
  })

  it('the server does not start without the current key', async () => {
    const message = 'The root key does not match this database'
    await expect(start(second)).rejects.toThrow(message)
    await expect(start(second, stranger)).rejects.toThrow(message)
    await expect(start(stranger)).rejects.toThrow(message)
  })
})

describe('during a rotation', () => {
  beforeAll(async () => {
    const { rootEncryption } = await start(second, first)
    await store().transact((tx) => switchRootKey(tx, rootEncryption, rootKeyId(second)))
  })

  it('both keys are required, and the error names the missing one', async () => {
    await expect(start(first)).rejects.toThrow('does not match this database')
    await expect(start(second)).rejects.toThrow('Set KEYPORTER_ROOT_KEY_PREVIOUS')
    await expect(start(second, stranger)).rejects.toThrow('Set KEYPORTER_ROOT_KEY_PREVIOUS')
    const { rootEncryption, decrypt } = await start(second, first)
    expect(rootEncryption.keyId).toBe(rootKeyId(second))
    expect(await decrypt(ciphertext, context)).toBe('canary')
  })

  it('a second rotation is rejected', async () => {
    const { rootEncryption } = await start(second, first)
    rootEncryption.addKey(stranger)
    const again = store().transact((tx) => switchRootKey(tx, rootEncryption, rootKeyId(stranger)))
    await expect(again).rejects.toMatchObject({ code: 'already_exists' })
  })

  it('a node without the new key is not ready, creates no keys, and reports unavailable instead of undecryptable', async () => {
    const { currentKeyId } = await findRootKeyState(store().reader)
    outdated.rootEncryption.setCurrentKey(currentKeyId)
    expect(outdated.rootEncryption.hasCurrentKey()).toBe(false)
    const fresh = { ...context, organization: 'org_2' }
    await expect(outdated.encrypt('canary', fresh)).rejects.toMatchObject({ code: 'unavailable' })
    const right = await start(second, first)
    const theirs = await right.encrypt('canary', fresh)
    const failure = await outdated.decrypt(theirs, fresh).catch((error: unknown) => error)
    expect(failure).not.toBeInstanceOf(DecryptionError)
    expect(failure).toMatchObject({ code: 'unavailable' })
  })
})

describe('after a rotation', () => {
  it('the previous key is no longer needed', async () => {
    const previousKeyId = rootKeyId(first)
    const { rootEncryption } = await start(second, first)
    // The re-encryption of the background job.
    await store().transact(async (tx) => {
      for (const row of await tx.selectFrom('settings').selectAll().execute()) {
        const rowContext = {
          organization: 'installation',
          record: row.name,
          field: 'settings',
          version: 1,
        }
        if (row.name === 'root_key_previous') continue
        const value = rootEncryption.encrypt(
          rootEncryption.decrypt(row.value, rowContext),
          rowContext,
        )
        await tx.updateTable('settings').set({ value }).where('name', '=', row.name).execute()
      }
      expect(await clearPreviousRootKey(tx, rootKeyId(stranger))).toBe(false)
      expect(await clearPreviousRootKey(tx, previousKeyId)).toBe(true)
      expect(await clearPreviousRootKey(tx, previousKeyId)).toBe(false)
    })
    expect((await start(second)).rootEncryption.keyId).toBe(rootKeyId(second))
    await expect(start(first)).rejects.toThrow('does not match this database')
  })

  it('an earlier backup opens with its own root key as the previous key', async () => {
    const { rootEncryption } = await start(stranger, second)
    expect([rootEncryption.keyId, rootEncryption.nextKeyId()]).toStrictEqual([
      rootKeyId(second),
      rootKeyId(stranger),
    ])
  })
})
