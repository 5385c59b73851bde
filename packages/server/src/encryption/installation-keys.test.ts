import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { useTestStore } from '../../../../test/support/open-store.ts'
import {
  openTestEncryption,
  type TestEncryption,
} from '../../../../test/support/organization-encryption.ts'
import { type EncryptionContext, rootKeyId } from './envelope.ts'
import { DecryptionError } from './organization-encryption.ts'
import { clearPreviousRootKey, findRootKeyState, switchRootKey } from './root-key-rows.ts'

// E03, E04: which root keys a start needs, before, during and after a rotation.

const store = useTestStore()
const [first, second, stranger] = [randomBytes(32), randomBytes(32), randomBytes(32)]
const place: EncryptionContext = { organization: 'org_1', record: 'r', field: 'f', version: 1 }
let sealed: string
let left: TestEncryption

beforeAll(async () => {
  left = await openTestEncryption(store(), { rootKey: first })
  sealed = await left.seal('canary', place)
})

const start = (rootKey: Uint8Array, previous?: Uint8Array) =>
  openTestEncryption(store(), { rootKey, ...(previous === undefined ? {} : { previous }) })

describe('before a rotation', () => {
  it('a new key beside the present one changes nothing', async () => {
    const { rootEncryption, open } = await start(second, first)
    expect([rootEncryption.keyId, rootEncryption.nextKeyId()]).toStrictEqual([
      rootKeyId(first),
      rootKeyId(second),
    ])
    expect(await open(sealed, place)).toBe('canary')
    expect((await start(first)).rootEncryption.nextKeyId()).toBeUndefined()
  })

  it('the new key alone, or with another one than the present, is refused', async () => {
    const refusal = 'is not the one with which this database was sealed'
    await expect(start(second)).rejects.toThrow(refusal)
    await expect(start(second, stranger)).rejects.toThrow(refusal)
    await expect(start(stranger)).rejects.toThrow(refusal)
  })
})

describe('during a rotation', () => {
  beforeAll(async () => {
    const { rootEncryption } = await start(second, first)
    await store().transact((tx) => switchRootKey(tx, rootEncryption, rootKeyId(second)))
  })

  it('both keys are needed, and the sentence says which one is missing', async () => {
    await expect(start(first)).rejects.toThrow('is not the one')
    await expect(start(second)).rejects.toThrow('set KEYPORTER_ROOT_KEY_PREVIOUS')
    await expect(start(second, stranger)).rejects.toThrow('set KEYPORTER_ROOT_KEY_PREVIOUS')
    const { rootEncryption, open } = await start(second, first)
    expect(rootEncryption.keyId).toBe(rootKeyId(second))
    expect(await open(sealed, place)).toBe('canary')
  })

  it('another one cannot begin', async () => {
    const { rootEncryption } = await start(second, first)
    rootEncryption.addKey(stranger)
    const again = store().transact((tx) => switchRootKey(tx, rootEncryption, rootKeyId(stranger)))
    await expect(again).rejects.toMatchObject({ code: 'already_exists' })
  })

  it('a node without the new key is not ready, makes no key, and takes nothing for unreadable', async () => {
    const { currentKeyId } = await findRootKeyState(store().reader)
    left.rootEncryption.setCurrentKey(currentKeyId)
    expect(left.rootEncryption.hasCurrentKey()).toBe(false)
    const fresh = { ...place, organization: 'org_2' }
    await expect(left.seal('canary', fresh)).rejects.toMatchObject({ code: 'unavailable' })
    const right = await start(second, first)
    const theirs = await right.seal('canary', fresh)
    const failure = await left.open(theirs, fresh).catch((error: unknown) => error)
    expect(failure).not.toBeInstanceOf(DecryptionError)
    expect(failure).toMatchObject({ code: 'unavailable' })
  })
})

describe('after a rotation', () => {
  it('the key before is needed no more', async () => {
    const previousKeyId = rootKeyId(first)
    const { rootEncryption } = await start(second, first)
    // What timed work does: the keys of the installation and of organizations come under the new one.
    await store().transact(async (tx) => {
      for (const row of await tx.selectFrom('settings').selectAll().execute()) {
        const at = { organization: 'installation', record: row.name, field: 'settings', version: 1 }
        if (row.name === 'root_key_previous') continue
        const value = rootEncryption.encrypt(rootEncryption.decrypt(row.value, at), at)
        await tx.updateTable('settings').set({ value }).where('name', '=', row.name).execute()
      }
      expect(await clearPreviousRootKey(tx, rootKeyId(stranger))).toBe(false)
      expect(await clearPreviousRootKey(tx, previousKeyId)).toBe(true)
      expect(await clearPreviousRootKey(tx, previousKeyId)).toBe(false)
    })
    expect((await start(second)).rootEncryption.keyId).toBe(rootKeyId(second))
    await expect(start(first)).rejects.toThrow('is not the one')
  })

  it('a copy from before it opens with the key of that time beside the present one', async () => {
    const { rootEncryption } = await start(stranger, second)
    expect([rootEncryption.keyId, rootEncryption.nextKeyId()]).toStrictEqual([
      rootKeyId(second),
      rootKeyId(stranger),
    ])
  })
})
