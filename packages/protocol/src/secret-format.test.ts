import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requireVectors } from '../../../test/support/vectors.ts'
import {
  generateClientId,
  generateSecret,
  isSecretPrefix,
  looksLikeSecret,
  parseClientId,
  parseSecret,
  SECRET_PATTERN,
  secretHint,
} from './secret-format.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ENTROPY_LENGTH = 43

/** 43 zeros and the checksum, which is 0x7cb6c2d6 by `node:zlib`. */
const ZEROS = `kp_live_${'0'.repeat(ENTROPY_LENGTH)}`

const prefixes = fc.stringMatching(/^[a-z][a-z0-9]{1,15}$/).filter(isSecretPrefix)
const environments = fc.constantFrom('production' as const, 'test' as const)

describe('does', () => {
  test('a generated secret is parsed, looks like a secret, and has a valid checksum', () => {
    fc.assert(
      fc.property(prefixes, environments, (prefix, environment) => {
        const secret = generateSecret({ prefix, environment, randomBytes })
        expect(parseSecret(secret)).toEqual({ prefix, environment })
        expect(looksLikeSecret(secret)).toBe(true)
        expect(secret.slice(-6)).toBe(base62(crc32(secret.slice(0, -6))))
        expect(secret).toMatch(/^[A-Za-z0-9_]+$/)
      }),
    )
  })

  test('the largest checksum has six characters: 4gfFC3', () => {
    expect(base62(2 ** 32 - 1)).toBe('4gfFC3')
  })

  test('a random source of zeros results in a known secret', () => {
    const secret = generateSecret({
      prefix: 'kp',
      environment: 'production',
      randomBytes: (length) => new Uint8Array(length),
    })
    expect(secret).toBe(ZEROS + base62(crc32(ZEROS)))
    expect(parseSecret(secret)).toEqual({ prefix: 'kp', environment: 'production' })
  })

  test('byte values that would cause a bias are discarded', () => {
    const drawn = [248, 255, 61, ...Array.from({ length: 200 }, () => 247)]
    const secret = generateSecret({
      prefix: 'kp',
      environment: 'test',
      randomBytes: (length) => Uint8Array.from(drawn.splice(0, length)),
    })
    expect(secret.startsWith(`kp_test_z${'z'.repeat(42)}`)).toBe(true)
    expect(BASE62.charAt(247 % 62)).toBe('z')
  })

  test('a client ID has an environment and 20 random characters, and is not a secret', () => {
    for (const environment of ['production', 'test'] as const) {
      const clientId = generateClientId({ environment, randomBytes })
      expect(clientId).toMatch(/^kpc_(live|test)_[0-9A-Za-z]{20}$/)
      expect(parseClientId(clientId)).toEqual({ environment })
      expect(looksLikeSecret(clientId)).toBe(false)
      expect(new RegExp(SECRET_PATTERN).test(clientId)).toBe(false)
    }
  })

  test('a hint shows prefix, environment and four characters', () => {
    const secret = generateSecret({ prefix: 'acme', environment: 'production', randomBytes })
    expect(secretHint(secret)).toBe(`${secret.slice(0, 'acme_live_'.length + 4)}…`)
  })

  test('the pattern finds a secret in a log line, truncated or with a suffix', () => {
    const secret = generateSecret({ prefix: 'kp', environment: 'production', randomBytes })
    const redact = (line: string) => line.replaceAll(new RegExp(SECRET_PATTERN, 'g'), '…')
    expect(redact(`{"authorization":"Bearer ${secret}"}`)).toBe('{"authorization":"Bearer …"}')
    expect(redact(`a=${secret.slice(0, 45)}`)).toBe('a=…')
    expect(redact(`${secret}${secret}`)).not.toContain(secret.slice(8, 20))
  })

  test.each(['kp', 'a1', 'acme', 'a234567890123456'])('%s is a valid prefix', (prefix) => {
    expect(isSecretPrefix(prefix)).toBe(true)
  })
})

describe('rejects', () => {
  test('a secret with any changed character', () => {
    const changed = fc.record({
      at: fc.nat({ max: 'kp_live_'.length + ENTROPY_LENGTH + 5 }),
      to: fc.constantFrom(...BASE62, '_', '-', 'é'),
    })
    const secret = generateSecret({ prefix: 'kp', environment: 'production', randomBytes })
    fc.assert(
      fc.property(changed, ({ at, to }) => {
        const other = secret.slice(0, at) + to + secret.slice(at + 1)
        expect(parseSecret(other) === undefined).toBe(other !== secret)
      }),
      { numRuns: 1_000 },
    )
  })

  test('two swapped neighbors', () => {
    const secret = generateSecret({ prefix: 'kp', environment: 'test', randomBytes })
    for (let at = 8; at < secret.length - 1; at += 1) {
      const pair = secret.charAt(at + 1) + secret.charAt(at)
      const other = secret.slice(0, at) + pair + secret.slice(at + 2)
      if (other !== secret) expect(parseSecret(other)).toBeUndefined()
    }
  })

  test.each([
    ['nothing', ''],
    ['no checksum', ZEROS],
    ['a wrong checksum', `${ZEROS}000000`],
    ['a white space at the end', `${ZEROS}${base62(crc32(ZEROS))} `],
    ['a line break at the end', `${ZEROS}${base62(crc32(ZEROS))}\n`],
    ['another environment', ZEROS.replace('live', 'prod') + base62(crc32(ZEROS))],
    ['a megabyte', `kp_live_${'0'.repeat(1e6)}`],
    ['a client id', `kpc_live_${'0'.repeat(20)}`],
  ])('%s', (_, text) => {
    expect(parseSecret(text)).toBeUndefined()
  })

  test('any hint for text that is not a secret', () => {
    expect(secretHint('correct horse battery staple')).toBe('…')
  })

  test.each([
    'k',
    'Kp',
    '1kp',
    'k_p',
    'k-p',
    '',
    'a2345678901234567',
    'kp\n',
    'kpc',
    'cred',
    'org',
  ])('%j as a prefix', (prefix) => {
    expect(isSecretPrefix(prefix)).toBe(false)
    expect(() => generateSecret({ prefix, environment: 'test', randomBytes })).toThrow(TypeError)
  })

  test.each([
    'kpc_live_',
    `kpc_prod_${'0'.repeat(20)}`,
    `kp_live_${'0'.repeat(20)}`,
    `kpc_live_${'0'.repeat(21)}`,
  ])('%s as a client ID', (text) => {
    expect(parseClientId(text)).toBeUndefined()
  })
})

describe('100,000 secrets', () => {
  const secrets = Array.from({ length: 100_000 }, () =>
    generateSecret({ prefix: 'kp', environment: 'production', randomBytes }),
  )

  test('are all different', () => {
    expect(new Set(secrets).size).toBe(secrets.length)
  })

  // 61 degrees of freedom: a uniform source exceeds 170 at one of 43 positions once in 10^10 runs.
  test('are uniformly distributed at each of 43 positions', () => {
    const start = 'kp_live_'.length
    for (let position = 0; position < ENTROPY_LENGTH; position += 1) {
      const letters = secrets.map((secret) => secret.charCodeAt(start + position))
      expect(chiSquare(letters)).toBeLessThan(170)
    }
  })

  test('would be biased without discarded bytes', () => {
    const biased = Array.from(randomBytes(100_000), (byte) => BASE62.charCodeAt(byte % 62))
    expect(chiSquare(biased)).toBeGreaterThan(170)
  })
})

test('no secret scanning rule of another vendor matches our secret', (ctx) => {
  const toml = readFileSync(requireVectors(ctx, 'secret-patterns', 'gitleaks.toml'), 'utf8')
  const rules = [...toml.matchAll(/^id = "(.+)"\n(?:.*\n)*?regex = '''(.+)'''/gm)]
  const secret = generateSecret({ prefix: 'kp', environment: 'production', randomBytes })
  const line = `secret: "${secret}"\n`
  const compiled = rules.flatMap(([, id = '', source = '']) => compile(id, source))
  expect(compiled.length).toBeGreaterThan(150)
  const hits = compiled.filter(({ pattern }) => pattern.test(line)).map(({ id }) => id)
  expect(hits.filter((id) => id !== 'generic-api-key')).toEqual([])
})

/** Converts Go patterns to JavaScript. Omits the few without an equivalent. */
function compile(id: string, source: string): { id: string; pattern: RegExp }[] {
  const flags = source.startsWith('(?i)') ? 'i' : ''
  const spelled = source
    .replace(/^\(\?i\)/, '')
    .replaceAll('\\z', '$')
    .replaceAll('[[:alnum:]]', '[0-9A-Za-z]')
  try {
    return [{ id, pattern: new RegExp(spelled, flags) }]
  } catch {
    return []
  }
}

function chiSquare(letters: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  const expected = letters.length / BASE62.length
  return Array.from(BASE62, (letter) => counts.get(letter.charCodeAt(0)) ?? 0)
    .map((count) => (count - expected) ** 2 / expected)
    .reduce((sum, term) => sum + term, 0)
}

/** An independent second implementation, to detect errors of the first. */
function base62(value: number): string {
  const digits = [5, 4, 3, 2, 1, 0].map((power) => Math.floor(value / 62 ** power) % 62)
  return digits.map((digit) => BASE62.charAt(digit)).join('')
}
