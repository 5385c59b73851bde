import { generateKeyPairSync, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { readVectors } from '../../../../test/support/vectors.ts'
import {
  concatToDer,
  derToConcat,
  encodeJwsHeader,
  type SigningAlgorithm,
  signCompactJws,
} from './sign.ts'

type EcdsaSuite = {
  testGroups: {
    publicKeyPem: string
    tests: { tcId: number; msg: string; sig: string; result: 'valid' | 'invalid' | 'acceptable' }[]
  }[]
}

const keyPairs = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
} satisfies Record<SigningAlgorithm, unknown>

describe('a signed token', () => {
  test.each(['ES256', 'EdDSA', 'RS256'] as const)('of %s is verified by jose', async (alg) => {
    const { privateKey, publicKey } = keyPairs[alg]
    const header = encodeJwsHeader({ alg, kid: 'k1', typ: 'at+jwt' })
    const token = signCompactJws(header, '{"sub":"Jörg 𝄞"}', (input) => {
      const signature = sign(alg === 'EdDSA' ? null : 'sha256', Buffer.from(input), privateKey)
      const concat = alg === 'ES256' ? derToConcat(signature, 32) : signature
      if (concat === undefined) throw new Error('no signature')
      return concat
    })
    const { payload, protectedHeader } = await jwtVerify(token, publicKey, { typ: 'at+jwt' })
    expect(protectedHeader).toEqual({ alg, kid: 'k1', typ: 'at+jwt' })
    expect(payload).toEqual({ sub: 'Jörg 𝄞' })
  })
})

describe('DER and r‖s', () => {
  test.each([32, 48, 66])(
    'convert to each other and back, with halves of %i bytes',
    (halfLength) => {
      const half = fc.oneof(
        fc.uint8Array({ minLength: halfLength, maxLength: halfLength }),
        fc.nat({ max: 255 }).map((last) => new Uint8Array(halfLength).fill(last, halfLength - 1)),
        fc.constant(new Uint8Array(halfLength).fill(0xff)),
      )
      fc.assert(
        fc.property(half, half, (r, s) => {
          const concat = Uint8Array.from([...r, ...s])
          const der = concatToDer(concat, halfLength)
          expect(der === undefined ? undefined : derToConcat(der, halfLength)).toEqual(concat)
        }),
      )
    },
  )

  test('are equivalent for Web Crypto', () => {
    const { privateKey, publicKey } = keyPairs.ES256
    for (let count = 0; count < 50; count += 1) {
      const data = Buffer.from(`message ${count}`)
      const concat = derToConcat(sign('sha256', data, privateKey), 32)
      if (concat === undefined) throw new Error('no signature')
      expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, concat)).toBe(
        true,
      )
      expect(verify('sha256', data, publicKey, concatToDer(concat, 32) ?? data)).toBe(true)
    }
  })

  test('of Wycheproof agree: valid DER is valid r‖s, and invalid DER is rejected', (ctx) => {
    const suite = readVectors<EcdsaSuite>(ctx, 'wycheproof', 'ecdsa_secp256r1_sha256_test.json')
    const cases = suite.testGroups.flatMap(({ publicKeyPem, tests }) =>
      tests.map((each) => ({ ...each, key: publicKeyPem })),
    )
    const wrong = cases.filter(({ key, msg, sig, result }) => {
      const der = Buffer.from(sig, 'hex')
      const concat = derToConcat(der, 32)
      if (concat === undefined) return result === 'valid'
      const isRight = verify(
        'sha256',
        Buffer.from(msg, 'hex'),
        { key, dsaEncoding: 'ieee-p1363' },
        concat,
      )
      return isRight !== (result === 'valid') || !der.equals(concatToDer(concat, 32) ?? der)
    })
    expect(cases.length).toBeGreaterThan(400)
    expect(wrong.map(({ tcId }) => tcId)).toEqual([])
  })

  test.each([
    ['nothing', ''],
    ['no sequence', '310602010102010200'],
    ['a length that is too long', '3007020101020102'],
    ['a length that is too short', '3005020101020102'],
    ['trailing bytes', '300602010102010200'],
    ['a third integer', '3009020101020102020103'],
    ['a negative number', '3006020181020102'],
    ['a superfluous zero', '300702020001020102'],
    ['an empty integer', '30050200020102'],
    ['an octet string', '3006040101020102'],
    ['the long form for a short length', '308106020101020102'],
    ['an indefinite length', '30800201010201020000'],
    ['a number that is too long', `3026022101${'00'.repeat(32)}020102`],
  ])('rejects %s', (_, hex) => {
    expect(derToConcat(Buffer.from(hex, 'hex'), 32)).toBeUndefined()
  })

  test.each([0, 62, 63, 65, 66])('rejects %i bytes for halves of 32', (length) => {
    expect(concatToDer(new Uint8Array(length).fill(1), 32)).toBeUndefined()
  })
})
