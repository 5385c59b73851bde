import { randomBytes } from 'node:crypto'
import { compactDecrypt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { useTestStore } from '../../../../test/support/open-store.ts'
import {
  openTestEncryption,
  type TestEncryption,
} from '../../../../test/support/organization-encryption.ts'
import { recordStatements } from '../../../../test/support/statement-recorder.ts'
import type { EncryptionContext } from './envelope.ts'
import { DecryptionError } from './organization-encryption.ts'
import { destroyOrganizationKeys, retireCurrentKeys } from './organization-key-rows.ts'

// E01, E02, E05, E06, E07: what is sealed opens in its place, whole, while the key of its organization is there.

const store = useTestStore()
const rootKey = randomBytes(32)
const place: EncryptionContext = {
  organization: 'org_1',
  record: 'conn_1',
  field: 'values',
  version: 1,
}
const SECRET = 'correct horse battery staple'
let node: TestEncryption
let sealed: string

beforeAll(async () => {
  node = await openTestEncryption(store(), { rootKey })
  sealed = await node.seal(SECRET, place)
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

/** Of how many texts each opened to the secret: none may. */
async function readable(
  texts: readonly string[],
  organizationEncryption = node,
): Promise<string[]> {
  const found: string[] = []
  for (const text of texts) {
    const opened = await organizationEncryption.open(text, place).catch((error: unknown) => {
      if (!(error instanceof DecryptionError)) throw error
      expect(error.message).toBe('A sealed value does not open')
    })
    if (opened !== undefined) found.push(text)
  }
  return found
}

describe('does', () => {
  it('what was sealed opens again, on every node', async () => {
    const other = await openTestEncryption(store(), { rootKey })
    expect([await node.open(sealed, place), await other.open(sealed, place)]).toStrictEqual([
      SECRET,
      SECRET,
    ])
  })

  it('the same sealed twice looks different', async () => {
    expect(await node.seal(SECRET, place)).not.toBe(sealed)
  })

  it('every organization has a key of its own, and keeps it', async () => {
    await node.seal(SECRET, { ...place, organization: 'org_2' })
    await node.seal(SECRET, place)
    const [ours, theirs] = [await keysOf('org_1'), await keysOf('org_2')]
    expect([ours.length, theirs.length]).toStrictEqual([1, 1])
    expect(ours[0]?.id).not.toBe(theirs[0]?.id)
    expect(sealed).not.toContain(SECRET)
  })

  it('of many who seal the first secret at once all use the same key', async () => {
    const nodes = await Promise.all([1, 2].map(() => openTestEncryption(store(), { rootKey })))
    const first = { ...place, organization: 'org_first' }
    const texts = await Promise.all(
      [...nodes, ...nodes, ...nodes].map((one) => one.seal(SECRET, first)),
    )
    expect(await keysOf('org_first')).toHaveLength(1)
    for (const text of texts) expect(await node.open(text, first)).toBe(SECRET)
  })

  it('a key that was made in a transaction that failed is not used', async () => {
    const failed = { ...place, organization: 'org_failed' }
    await expect(
      store().transact(async (tx) => {
        await node.organizationEncryption.encrypt(tx, Buffer.from(SECRET), failed)
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await keysOf('org_failed')).toStrictEqual([])
    expect(await node.open(await node.seal(SECRET, failed), failed)).toBe(SECRET)
  })

  it('after a rotation new secrets are under a new key, and the old ones still open', async () => {
    const rotated = { ...place, organization: 'org_rotated' }
    const before = await node.seal(SECRET, rotated)
    await rotate('org_rotated')
    const after = await node.seal(SECRET, rotated)
    const keys = await keysOf('org_rotated')
    expect(new Set(keys.map(({ retiredAt }) => retiredAt))).toStrictEqual(new Set([1, null]))
    expect(after.split('.')[0]).not.toBe(before.split('.')[0])
    for (const text of [before, after]) expect(await node.open(text, rotated)).toBe(SECRET)
  })

  it('opening reads no row when warm, and reads them while other nodes cannot be heard', async () => {
    let isFresh = true
    const own = await openTestEncryption(store(), { rootKey, isFresh: () => isFresh })
    const watch = recordStatements()
    try {
      await Promise.all([own.open(sealed, place), own.open(sealed, place)])
      expect(watch.statements()).toHaveLength(1)
      watch.clear()
      await own.open(sealed, place)
      expect(watch.statements()).toStrictEqual([])
      isFresh = false
      await own.open(sealed, place)
      expect(watch.statements()).toHaveLength(1)
    } finally {
      watch.stop()
    }
  })

  it('another implementation of JWE opens it with the bytes of the key', async () => {
    const [key] = await keysOf('org_1')
    const keyPlace = { ...place, record: key?.id ?? '', field: 'organization_key' }
    const bytes = node.rootEncryption.decrypt(key?.encryptedKey ?? '', keyPlace)
    for (const [text, secret] of [
      [sealed, bytes],
      [key?.encryptedKey ?? '', rootKey],
    ] as const) {
      const { protectedHeader, plaintext } = await compactDecrypt(text, secret)
      expect(protectedHeader).toMatchObject({ alg: 'dir', enc: 'A256GCM', org: 'org_1', ver: 1 })
      expect(Buffer.from(plaintext)).toEqual(text === sealed ? Buffer.from(SECRET) : bytes)
      const [, , iv = '', , tag = ''] = text.split('.')
      expect([iv, tag].map((part) => Buffer.from(part, 'base64url').length)).toEqual([12, 16])
    }
  })

  it('about how many values a key sealed is counted', async () => {
    const always = (bytes: number) => new Uint8Array(bytes)
    const counting = await openTestEncryption(store(), { rootKey, random: always })
    const counted = { ...place, organization: 'org_counted' }
    for (let count = 0; count < 3; count += 1) await counting.seal(SECRET, counted)
    expect((await keysOf('org_counted'))[0]?.encryptionCount).toBe(3 * 65_536)
    expect(
      await store().transact((tx) => retireCurrentKeys(tx, { encryptionCountMin: 65_537 }, 1)),
    ).toEqual(['org_counted'])
  })
})

describe('refuses', () => {
  it.each([
    ['organization', { organization: 'org_2' }],
    ['record', { record: 'conn_2' }],
    ['field', { field: 'headers' }],
    ['version', { version: 2 }],
  ])('what was moved to another %s', async (_name, elsewhere) => {
    await expect(node.open(sealed, { ...place, ...elsewhere })).rejects.toThrow(DecryptionError)
  })

  it('what was altered in any byte, cut off anywhere, or goes on', async () => {
    const altered = [...sealed].map(
      (letter, at) => `${sealed.slice(0, at)}${letter === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`,
    )
    const cut = [...sealed].map((_letter, at) => sealed.slice(0, at))
    const longer = ['A', '.', ' ', '=', sealed].map((more) => sealed + more)
    expect(await readable([...altered, ...cut, ...longer, '', '....', 'null'])).toStrictEqual([])
    expect(await node.open(sealed, place)).toBe(SECRET)
  })

  it('what is under the key of another organization, or under one that was never there', async () => {
    const theirs = await node.seal(SECRET, { ...place, organization: 'org_2' })
    const [, ...rest] = sealed.split('.')
    const relabelled = [theirs.split('.')[0], ...rest].join('.')
    const unknown = Buffer.from(sealed.split('.')[0] ?? '', 'base64url')
      .toString()
      .replace(/key_[^"]+/, 'key_01jd0000000000000000000000')
    const never = [Buffer.from(unknown).toString('base64url'), ...rest].join('.')
    expect(await readable([theirs, relabelled, never])).toStrictEqual([])
  })

  it('everything under a key that was itself altered, and nothing else', async () => {
    const broken = { ...place, organization: 'org_broken' }
    const text = await node.seal(SECRET, broken)
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
    await expect(other.open(text, broken)).rejects.toThrow(DecryptionError)
    expect(await other.open(sealed, place)).toBe(SECRET)
  })

  it('what the keys of an organization sealed, once they are destroyed, here and on other nodes', async () => {
    const gone = { ...place, organization: 'org_gone' }
    const older = await node.seal(SECRET, gone)
    await rotate('org_gone')
    const text = await node.seal(SECRET, gone)
    const other = await openTestEncryption(store(), { rootKey })
    for (const one of [older, text]) expect(await other.open(one, gone)).toBe(SECRET)
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
      organizationEncryption.handleChange({ kind: 'organization_keys.changed', ...change })
      for (const one of [older, text])
        await expect(organizationEncryption.decrypt(one, gone)).rejects.toThrow(DecryptionError)
    }
    // What is given again is sealed with a new key.
    expect(await node.open(await node.seal(SECRET, gone), gone)).toBe(SECRET)
  })
})
