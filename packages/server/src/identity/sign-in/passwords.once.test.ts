import { argon2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../../platform/random.ts'
import { defaultPreferences } from '../members/preferences.ts'
import type { Member } from '../members/rows.ts'
import { hashPassword, verifyPassword } from './passwords.ts'
import { filterByPassword } from './sign-in-candidates.ts'

describe('a password hash', () => {
  it('is an argon2id PHC string with 19 MiB, two passes and one lane, as node:crypto computes it', async () => {
    const hash = await hashPassword('correct horse battery staple', systemRandom)
    const [, algorithm, version, parameters, salt = '', tag] = hash.split('$')
    expect([algorithm, version, parameters]).toStrictEqual(['argon2id', 'v=19', 'm=19456,t=2,p=1'])
    const again = argon2Sync('argon2id', {
      message: 'correct horse battery staple',
      nonce: Buffer.from(salt, 'base64'),
      memory: 19_456,
      passes: 2,
      parallelism: 1,
      tagLength: 32,
    })
    expect(again.toString('base64').replace(/=+$/, '')).toBe(tag)
  })

  it('has a new salt each time', async () => {
    const [one, two] = await Promise.all([
      hashPassword('the same twice', systemRandom),
      hashPassword('the same twice', systemRandom),
    ])
    expect(one).not.toBe(two)
  })

  it('matches its password in every Unicode normalization form, and no other password', async () => {
    const hash = await hashPassword('Zürich Köln', systemRandom)
    expect(await verifyPassword('Zürich Köln'.normalize('NFD'), hash)).toBe(true)
    expect(await verifyPassword('Zurich Koln', hash)).toBe(false)
    expect(await verifyPassword('', hash)).toBe(false)
  })

  it('depends on every character of a long password', async () => {
    const hash = await hashPassword(`${'x'.repeat(200)}1`, systemRandom)
    expect(await verifyPassword(`${'x'.repeat(200)}2`, hash)).toBe(false)
    expect(await verifyPassword(`${'x'.repeat(200)}1`, hash)).toBe(true)
  })

  it('throws a TypeError when it does not parse', async () => {
    await expect(verifyPassword('x', '$2b$10$abc')).rejects.toThrow(TypeError)
  })
})

describe('the members whose password matches', () => {
  const member = (id: string, passwordHash: string): Member => ({
    id,
    organizationId: `org_${id}`,
    email: 'ada@example.com',
    name: 'Ada',
    privileges: [],
    passwordHash,
    preferences: defaultPreferences,
    totpEnabledAt: null,
    deactivatedAt: null,
    lastSignedInAt: null,
    createdAt: 0,
    updatedAt: 0,
    version: 1,
  })
  const counting = () => {
    const hashes: (string | null)[] = []
    const verify = async (password: string, hash: string | null) => {
      hashes.push(hash)
      return verifyPassword(password, hash)
    }
    return { hashes, verify }
  }

  it('take one verification for an unknown address, as for a wrong password', async () => {
    const known = [member('one', await hashPassword('right and long', systemRandom))]
    const [wrong, unknown] = [counting(), counting()]
    expect(await filterByPassword(known, 'wrong', wrong.verify)).toStrictEqual([])
    expect(await filterByPassword([], 'wrong', unknown.verify)).toStrictEqual([])
    expect(wrong.hashes).toHaveLength(1)
    expect(unknown.hashes).toStrictEqual([null])
  })

  it('are returned in order, after every member is verified', async () => {
    const [a, b, c] = await Promise.all(
      ['first one', 'shared one', 'shared one'].map((text) => hashPassword(text, systemRandom)),
    )
    const members = [member('a', a ?? ''), member('b', b ?? ''), member('c', c ?? '')]
    const { hashes, verify } = counting()
    const matching = await filterByPassword(members, 'shared one', verify)
    expect(matching.map(({ id }) => id)).toStrictEqual(['b', 'c'])
    expect(hashes).toHaveLength(3)
  })
})
