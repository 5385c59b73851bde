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
    ['no mixture', 'qxjhvbzkwmpl'],
    ['one character many times', 'x'.repeat(64)],
    ['emoji', '🦊🐢🦉🐝🦔🐬🦀🐙'],
    ['256 characters', 'ab'.repeat(128)],
  ])('may be made of %s', async (_what, password) => {
    expect(await findPasswordWeakness(password, owner)).toBeUndefined()
  })

  it('has at least 8 characters, counted after composing', async () => {
    expect(await findPasswordWeakness('qzv7!pk', owner)).toBe('too_short')
    // Seven letters, one of them written as letter and accent.
    expect(await findPasswordWeakness('qzv7!pe\u0301', owner)).toBe('too_short')
  })

  it.each(['password', 'PASSWORD', 'Baseball', '12345678', '1qaz2wsx', 'iloveyou'])(
    'is not %s',
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
  ])('is not one’s own name, address or organization: %s', async (password) => {
    expect(await findPasswordWeakness(password, owner)).toBe('about_yourself')
  })

  it('may hold one’s name among other words', async () => {
    expect(await findPasswordWeakness('ada counts nine teapots', owner)).toBeUndefined()
  })

  it('is never shown in its refusal', async () => {
    const refusal = await requireAcceptablePassword('iloveyou', owner, '/password').catch(
      (error: unknown) => error,
    )
    if (!(refusal instanceof AppError)) throw new Error('not refused')
    expect(refusal.code).toBe('invalid_request')
    expect(refusal.options.fields).toMatchObject([{ pointer: '/password', code: 'too_common' }])
    expect(JSON.stringify([refusal.message, refusal.options])).not.toContain('iloveyou')
  })

  it('is none of the 3,000 most common ones (ASVS 5.0 6.2.4)', async (ctx) => {
    const common = readVectors<string[]>(ctx, 'common-passwords', 'passwords.json')
      .filter((password) => Array.from(password).length >= 8)
      .slice(0, 3_000)
    const faults = await Promise.all(
      common.map((password) => findPasswordWeakness(password, owner)),
    )
    expect(common).toHaveLength(3_000)
    expect(common.filter((_, index) => faults[index] === undefined)).toStrictEqual([])
  })
})
