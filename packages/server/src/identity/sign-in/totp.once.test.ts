import { describe, expect, it } from 'vitest'
import { runProgram } from '../../../../../test/support/external-program.ts'
import { requireSystemPackage } from '../../../../../test/support/system-packages.ts'
import { totpCode } from '../../../../../test/support/totp.ts'
import { systemRandom } from '../../platform/random.ts'
import { encodeBase32, findTimeStep, formatTotpSecret, generateTotpSecret } from './totp.ts'

const secret = Buffer.from('12345678901234567890')

// RFC 6238 appendix B, SHA-1. A six-digit code is the last six of the eight digits.
const vectors = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
] as const

describe('a TOTP code', () => {
  it.each(vectors)('at second %i matches RFC 6238 appendix B', async (seconds, digits) => {
    const code = digits.slice(-6)
    const step = Math.floor(seconds / 30)
    expect(await findTimeStep(secret, code, seconds * 1_000)).toBe(step)
    expect(totpCode(await encodeBase32(secret), seconds * 1_000)).toBe(code)
  })

  it('is valid one step before and after its own step, and no longer', async () => {
    const code = '005924'
    const step = Math.floor(1_234_567_890 / 30)
    const found = (at: number) => findTimeStep(secret, code, at)
    const [begins, ends] = [step * 30_000, (step + 1) * 30_000]
    expect(await found(begins - 30_000)).toBe(step)
    expect(await found(ends + 29_999)).toBe(step)
    expect(await found(begins - 30_001)).toBeUndefined()
    expect(await found(ends + 30_000)).toBeUndefined()
  })

  it.each(['', '12345', '1234567', '12345a', '００５９２４', '-05924', ' 005924'])(
    '%j is rejected',
    async (code) => {
      expect(await findTimeStep(secret, code, 1_234_567_890_000)).toBeUndefined()
    },
  )

  it('from oathtool is accepted', async (ctx) => {
    requireSystemPackage(ctx, 'oathtool')
    for (let round = 0; round < 10; round += 1) {
      const random = generateTotpSecret(systemRandom)
      const nowMs = 1_800_000_000_000 + round * 1_234_567
      const now = new Date(nowMs).toISOString().replace('T', ' ').replace(/\..*/, ' UTC')
      const args = ['--totp', '--base32', '--now', now, await encodeBase32(random)]
      const { stdout } = await runProgram('oathtool', { args })
      expect(await findTimeStep(random, stdout.trim(), nowMs)).toBe(Math.floor(nowMs / 30_000))
    }
  })
})

describe('a TOTP secret', () => {
  it('has 160 bits, and is formatted as Base32 and as an otpauth URL', async () => {
    expect(generateTotpSecret(systemRandom)).toHaveLength(20)
    const owner = { email: 'ada+x@example.org', organizationName: 'Acme: R&D ö' }
    const shown = await formatTotpSecret(secret, owner)
    expect(shown.secret).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
    const url = new URL(shown.url)
    expect([url.protocol, url.host]).toStrictEqual(['otpauth:', 'totp'])
    expect(decodeURIComponent(url.pathname)).toBe('/Keyporter (Acme  R&D ö):ada+x@example.org')
    expect(url.searchParams.get('issuer')).toBe('Keyporter (Acme  R&D ö)')
    expect(url.searchParams.get('secret')).toBe(shown.secret)
  })
})
