import { randomBytes } from 'node:crypto'
import { compactDecrypt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  openTestEncryption,
  type TestEncryption,
} from '../../../../test/support/organization-encryption.ts'
import { recordStatements } from '../../../../test/support/statement-recorder.ts'
import { useTestStore } from '../../../../test/support/test-store.ts'
import type { EncryptionContext } from './envelope.ts'
import { DecryptionError } from './organization-encryption.ts'
import { destroyOrganizationKeys, retireCurrentKeys } from './organization-key-rows.ts'

const store = useTestStore()
const rootKey = randomBytes(32)
const context: EncryptionContext = {
  organization: 'org_1',
  record: 'conn_1',
  field: 'values',
  version: 1,
}
const SECRET = 'correct horse battery staple'
let node: TestEncryption
let ciphertext: string

beforeAll(async () => {
  node = await openTestEncryption(store(), { rootKey })
  ciphertext = await node.encrypt(SECRET, context)
})

const keysOf = (organization: string) =>
  store()
    .reader.selectFrom('organizationKeys')
    .selectAll()
    .where('organizationId', '=', organization)
    .orderBy('id')
    .execute()

const rotate = (organizationId: string) =>
  store().transact((tx) => retireCurrentKeys(tx, { organizationId }, 1))

/** Returns the texts that decrypt. */
async function findDecryptable(texts: readonly string[], encryption = node): Promise<string[]> {
  const found: string[] = []
  for (const text of texts) {
    const opened = await encryption.decrypt(text, context).catch((error: unknown) => {
      if (!(error instanceof DecryptionError)) throw error
      expect(error.message).toBe('The ciphertext cannot be decrypted')
    })
    if (opened !== undefined) found.push(text)
  }
  return found
}

describe('does', () => {
  it('every node decrypts the ciphertext', async () => {
    const other = await openTestEncryption(store(), { rootKey })
    expect([
      await node.decrypt(ciphertext, context),
      await other.decrypt(ciphertext, context),
    ]).toStrictEqual([SECRET, SECRET])
  })

  it('two ciphertexts of a plaintext differ', async () => {
    expect(await node.encrypt(SECRET, context)).not.toBe(ciphertext)
  })

  it('every organization has its own key, used for all its secrets', async () => {
    await node.encrypt(SECRET, { ...context, organization: 'org_2' })
    await node.encrypt(SECRET, context)
    const [ours, theirs] = [await keysOf('org_1'), await keysOf('org_2')]
    expect([ours.length, theirs.length]).toStrictEqual([1, 1])
    expect(ours[0]?.id).not.toBe(theirs[0]?.id)
    expect(ciphertext).not.toContain(SECRET)
  })

  it('concurrent first encryptions of an organization use one key', async () => {
    const nodes = await Promise.all([1, 2].map(() => openTestEncryption(store(), { rootKey })))
    const first = { ...context, organization: 'org_first' }
    const texts = await Promise.all(
      [...nodes, ...nodes, ...nodes].map((one) => one.encrypt(SECRET, first)),
    )
    expect(await keysOf('org_first')).toHaveLength(1)
    for (const text of texts) expect(await node.decrypt(text, first)).toBe(SECRET)
  })

  it('a key from a rolled-back transaction is not used', async () => {
    const failed = { ...context, organization: 'org_failed' }
    await expect(
      store().transact(async (tx) => {
        await node.organizationEncryption.encrypt(tx, Buffer.from(SECRET), failed)
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await keysOf('org_failed')).toStrictEqual([])
    expect(await node.decrypt(await node.encrypt(SECRET, failed), failed)).toBe(SECRET)
  })

  it('after a rotation new secrets use a new key, and earlier ones still decrypt', async () => {
    const rotated = { ...context, organization: 'org_rotated' }
    const before = await node.encrypt(SECRET, rotated)
    await rotate('org_rotated')
    const after = await node.encrypt(SECRET, rotated)
    const keys = await keysOf('org_rotated')
    expect(new Set(keys.map(({ retiredAt }) => retiredAt))).toStrictEqual(new Set([1, null]))
    expect(after.split('.')[0]).not.toBe(before.split('.')[0])
    for (const text of [before, after]) expect(await node.decrypt(text, rotated)).toBe(SECRET)
  })

  it('decryption with a cached key reads no row; with a stale change feed it reads the key again', async () => {
    let isFresh = true
    const own = await openTestEncryption(store(), { rootKey, isFresh: () => isFresh })
    const watch = recordStatements()
    try {
      await Promise.all([own.decrypt(ciphertext, context), own.decrypt(ciphertext, context)])
      expect(watch.statements()).toHaveLength(1)
      watch.clear()
      await own.decrypt(ciphertext, context)
      expect(watch.statements()).toStrictEqual([])
      isFresh = false
      await own.decrypt(ciphertext, context)
      expect(watch.statements()).toHaveLength(1)
    } finally {
      watch.stop()
    }
  })

  it('another JWE implementation decrypts it with the same key', async () => {
    const [key] = await keysOf('org_1')
    const keyContext = { ...context, record: key?.id ?? '', field: 'organization_key' }
    const bytes = node.rootEncryption.decrypt(key?.encryptedKey ?? '', keyContext)
    for (const [text, secret] of [
      [ciphertext, bytes],
      [key?.encryptedKey ?? '', rootKey],
    ] as const) {
      const { protectedHeader, plaintext } = await compactDecrypt(text, secret)
      expect(protectedHeader).toMatchObject({ alg: 'dir', enc: 'A256GCM', org: 'org_1', ver: 1 })
      expect(Buffer.from(plaintext)).toEqual(text === ciphertext ? Buffer.from(SECRET) : bytes)
      const [, , iv = '', , tag = ''] = text.split('.')
      expect([iv, tag].map((part) => Buffer.from(part, 'base64url').length)).toEqual([12, 16])
    }
  })

  it('the approximate number of encryptions is counted', async () => {
    const always = (bytes: number) => new Uint8Array(bytes)
    const counting = await openTestEncryption(store(), { rootKey, random: always })
    const counted = { ...context, organization: 'org_counted' }
    for (let count = 0; count < 3; count += 1) await counting.encrypt(SECRET, counted)
    expect((await keysOf('org_counted'))[0]?.encryptionCount).toBe(3 * 65_536)
    expect(
      await store().transact((tx) => retireCurrentKeys(tx, { encryptionCountMin: 65_537 }, 1)),
    ).toEqual(['org_counted'])
  })
})

describe('rejects', () => {
  it.each([
    ['organization', { organization: 'org_2' }],
    ['record', { record: 'conn_2' }],
    ['field', { field: 'headers' }],
    ['version', { version: 2 }],
  ])('a ciphertext with another %s in the context', async (_name, elsewhere) => {
    await expect(node.decrypt(ciphertext, { ...context, ...elsewhere })).rejects.toThrow(
      DecryptionError,
    )
  })

  it('an altered, truncated or extended ciphertext', async () => {
    const altered = [...ciphertext].map(
      (letter, at) =>
        `${ciphertext.slice(0, at)}${letter === 'A' ? 'B' : 'A'}${ciphertext.slice(at + 1)}`,
    )
    const cut = [...ciphertext].map((_letter, at) => ciphertext.slice(0, at))
    const longer = ['A', '.', ' ', '=', ciphertext].map((more) => ciphertext + more)
    expect(
      await findDecryptable([...altered, ...cut, ...longer, '', '....', 'null']),
    ).toStrictEqual([])
    expect(await node.decrypt(ciphertext, context)).toBe(SECRET)
  })

  it('a ciphertext under the key of another organization or an unknown key', async () => {
    const theirs = await node.encrypt(SECRET, { ...context, organization: 'org_2' })
    const [, ...rest] = ciphertext.split('.')
    const relabelled = [theirs.split('.')[0], ...rest].join('.')
    const unknown = Buffer.from(ciphertext.split('.')[0] ?? '', 'base64url')
      .toString()
      .replace(/key_[^"]+/, 'key_01jd0000000000000000000000')
    const never = [Buffer.from(unknown).toString('base64url'), ...rest].join('.')
    expect(await findDecryptable([theirs, relabelled, never])).toStrictEqual([])
  })

  it('only the ciphertexts under an altered key', async () => {
    const broken = { ...context, organization: 'org_broken' }
    const text = await node.encrypt(SECRET, broken)
    const [key] = await keysOf('org_broken')
    const encryptedKey = `${key?.encryptedKey?.slice(0, -2)}AA`
    await store().transact((tx) =>
      tx
        .updateTable('organizationKeys')
        .set({ encryptedKey })
        .where('id', '=', key?.id ?? '')
        .execute(),
    )
    const other = await openTestEncryption(store(), { rootKey })
    await expect(other.decrypt(text, broken)).rejects.toThrow(DecryptionError)
    expect(await other.decrypt(ciphertext, context)).toBe(SECRET)
  })

  it('ciphertexts under destroyed keys, on every node', async () => {
    const gone = { ...context, organization: 'org_gone' }
    const older = await node.encrypt(SECRET, gone)
    await rotate('org_gone')
    const text = await node.encrypt(SECRET, gone)
    const other = await openTestEncryption(store(), { rootKey })
    for (const one of [older, text]) expect(await other.decrypt(one, gone)).toBe(SECRET)
    const destroyed = await store().transact((tx) =>
      destroyOrganizationKeys(tx, { organizationId: 'org_gone' }, 2),
    )
    expect(destroyed).toBe(2)
    expect((await keysOf('org_gone')).map(({ encryptedKey }) => encryptedKey)).toStrictEqual([
      null,
      null,
    ])
    const change = { organizationId: 'org_gone', subjectId: 'org_gone' }
    for (const { organizationEncryption } of [node, other]) {
      await organizationEncryption.onChange({ kind: 'organization_keys.changed', ...change })
      for (const one of [older, text])
        await expect(organizationEncryption.decrypt(one, gone)).rejects.toThrow(DecryptionError)
    }
    // New secrets use a new key.
    expect(await node.decrypt(await node.encrypt(SECRET, gone), gone)).toBe(SECRET)
  })
})
