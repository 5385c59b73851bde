import { createHash, generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { describe, expect, test } from 'vitest'
import { readVectors } from '../../../../test/support/vectors.ts'
import { encodeHex, encodeUtf8 } from '../bytes.ts'
import { canVerify, jwkThumbprintInput, type PublicJwk, publicJwk } from './jwk.ts'

type ThumbprintVectors = { name: string; jwk: string; precompute: string; thumbprint: string }[]
type Cookbook = JsonWebKey & { kty: string; kid: string }

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const privateKeys: Record<string, JsonWebKey> = {
  ES256: exported(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  EdDSA: exported(generateKeyPairSync('ed25519')),
  RS256: exported(generateKeyPairSync('rsa', { modulusLength: 2_048 })),
}

describe('the public key', () => {
  test.each(['ES256', 'EdDSA', 'RS256'])(
    'of a key for %s has no private member and keeps its labels',
    (alg) => {
      const label = { kid: 'k1', use: 'sig', alg }
      const jwk = requirePublic({
        ...privateKeys[alg],
        ...label,
        key_ops: ['sign'],
        ext: true,
        secret: 'x',
      })
      expect(jwk).toMatchObject(label)
      for (const name of [...PRIVATE_MEMBERS, 'key_ops', 'ext', 'secret'])
        expect(jwk).not.toHaveProperty(name)
    },
  )

  test('of the keys of RFC 7520 matches the RFC', (ctx) => {
    for (const [secret, open] of [
      ['3_2.ec_private_key.json', '3_1.ec_public_key.json'],
      ['3_4.rsa_private_key.json', '3_3.rsa_public_key.json'],
    ]) {
      const privateHalf = readVectors<Cookbook>(ctx, 'jose-cookbook', 'jwk', secret ?? '')
      const publicHalf = readVectors<Cookbook>(ctx, 'jose-cookbook', 'jwk', open ?? '')
      expect(publicJwk(privateHalf)).toEqual(publicHalf)
    }
  })

  test.each([
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
    ['a key without a type', { crv: 'P-256', x: 'AA', y: 'AA' }],
    ['half a point', { kty: 'EC', crv: 'P-256', x: 'AA' }],
    ['a point without a curve', { kty: 'EC', x: 'AA', y: 'AA' }],
    ['a number that is not base64url', { kty: 'RSA', n: 'A=', e: 'AQAB' }],
    ['a member that is not text', { kty: 'OKP', crv: 'Ed25519', x: 1 }],
    ['nothing', {}],
  ])('of %s is undefined', (_, jwk) => {
    expect(publicJwk(jwk)).toBeUndefined()
  })
})

describe('the thumbprint', () => {
  test('matches the published vectors', (ctx) => {
    for (const { jwk, precompute, thumbprint } of readVectors<ThumbprintVectors>(
      ctx,
      'jwk-thumbprint',
      'vectors.json',
    )) {
      const input = jwkThumbprintInput(requirePublic(JSON.parse(jwk)))
      expect(encodeHex(encodeUtf8(input))).toBe(precompute)
      expect(hash(input)).toBe(thumbprint)
    }
  })

  test.each(['ES256', 'EdDSA', 'RS256'])(
    'of a key for %s is that of jose, whatever its labels',
    async (alg) => {
      const jwk = requirePublic({ ...privateKeys[alg], kid: 'k1', use: 'sig' })
      expect(hash(jwkThumbprintInput(jwk))).toBe(await calculateJwkThumbprint(jwk))
    },
  )
})

describe('the permitted use of a key', () => {
  test.each([
    ['ES256', { kty: 'EC', crv: 'P-256' }, true],
    ['ES256', { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', key_ops: ['verify'] }, true],
    ['EdDSA', { kty: 'OKP', crv: 'Ed25519' }, true],
    ['RS256', { kty: 'RSA' }, true],
    ['ES256', { kty: 'EC', crv: 'P-384' }, false],
    ['ES256', { kty: 'EC', crv: 'P-256', alg: 'ES384' }, false],
    ['ES256', { kty: 'EC', crv: 'P-256', use: 'enc' }, false],
    ['ES256', { kty: 'EC', crv: 'P-256', key_ops: ['encrypt'] }, false],
    ['ES256', { kty: 'EC', crv: 'P-256', key_ops: 'verify' }, false],
    ['EdDSA', { kty: 'OKP', crv: 'X25519' }, false],
    ['HS256', { kty: 'RSA' }, false],
    ['RS256', { kty: 'oct' }, false],
    ['PS256', { kty: 'RSA', alg: 'RS256' }, false],
    ['none', { kty: 'RSA' }, false],
    ['constructor', {}, false],
  ])('%s by %j: %s', (alg, jwk, expected) => {
    expect(canVerify(jwk, alg)).toBe(expected)
  })
})

function requirePublic(jwk: JsonWebKey): PublicJwk {
  const open = publicJwk(jwk)
  if (open === undefined) throw new Error('no public key')
  return open
}

function exported({ privateKey }: ReturnType<typeof generateKeyPairSync>): JsonWebKey {
  return privateKey.export({ format: 'jwk' })
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
