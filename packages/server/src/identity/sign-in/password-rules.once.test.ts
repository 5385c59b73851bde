import { describe, expect, it } from 'vitest'
import { readVectors } from '../../../../../test/support/vectors.ts'
import { AppError } from '../../kernel/app-error.ts'
import { findPasswordWeakness, requireAcceptablePassword } from './password-rules.ts'

const owner = {
  email: 'ada.lovelace@engines.example',
  name: 'Ada Lovelace',
  organizationName: 'Analytical Engines',
}

describe('a new password', () => {
  it.each([
    ['any characters', '密码密码密码密码'],
    ['spaces', 'correct horse battery staple'],
    ['lower-case letters only', 'qxjhvbzkwmpl'],
    ['one character many times', 'x'.repeat(64)],
    ['emoji', '🦊🐢🦉🐝🦔🐬🦀🐙'],
    ['256 characters', 'ab'.repeat(128)],
  ])('can consist of %s', async (_what, password) => {
    expect(await findPasswordWeakness(password, owner)).toBeUndefined()
  })

  it('has at least 8 characters, counted in NFC', async () => {
    expect(await findPasswordWeakness('qzv7!pk', owner)).toBe('too_short')
    // Seven characters in NFC: the last one is a letter with a combining accent.
    expect(await findPasswordWeakness('qzv7!pe\u0301', owner)).toBe('too_short')
  })

  it.each(['password', 'PASSWORD', 'Baseball', '12345678', '1qaz2wsx', 'iloveyou'])(
    'cannot be the common password %s',
    async (password) => {
      expect(await findPasswordWeakness(password, owner)).toBe('too_common')
    },
  )

  it.each([
    'ada.lovelace@engines.example',
    'AdaLovelace',
    'Lovelace-1843',
    'Analytical Engines!',
    'analyticalengines99',
    'keyporter',
    'Keyporter2027',
  ])('cannot be the owner’s name, address or organization: %s', async (password) => {
    expect(await findPasswordWeakness(password, owner)).toBe('about_yourself')
  })

  it('can contain the owner’s name among other words', async () => {
    expect(await findPasswordWeakness('ada counts nine teapots', owner)).toBeUndefined()
  })

  it('is not part of the error', async () => {
    const error = await requireAcceptablePassword('iloveyou', owner, '/password').catch(
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof AppError)) throw new Error('not rejected')
    expect(error.code).toBe('invalid_request')
    expect(error.options.fields).toMatchObject([{ pointer: '/password', code: 'too_common' }])
    expect(JSON.stringify([error.message, error.options])).not.toContain('iloveyou')
  })

  it('cannot be one of the 3,000 most common passwords (ASVS 5.0 6.2.4)', async (ctx) => {
    const common = readVectors<string[]>(ctx, 'common-passwords', 'passwords.json')
      .filter((password) => Array.from(password).length >= 8)
      .slice(0, 3_000)
    const weaknesses = await Promise.all(
      common.map((password) => findPasswordWeakness(password, owner)),
    )
    expect(common).toHaveLength(3_000)
    expect(common.filter((_, index) => weaknesses[index] === undefined)).toStrictEqual([])
  })
})
