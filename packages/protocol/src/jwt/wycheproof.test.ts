import {
  constants,
  createHmac,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
  verify,
} from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, type TestContext, test } from 'vitest'
import { readVectors, requireVectors } from '../../../../test/support/vectors.ts'
import { decodeUtf8, equalBytes } from '../bytes.ts'
import { verifyCompactJws } from './compact-jws.ts'
import { canVerify } from './jwk.ts'
import { concatToDer } from './sign.ts'

type Jwk = JsonWebKey & Record<string, unknown>
type Case = { tcId: number; comment: string; jws: string; result: 'valid' | 'invalid' }
type Suite = {
  testGroups: { comment: string; public?: Jwk; private: Jwk; tests: Case[] }[]
}
type CookbookExample = {
  input: { payload: string | Record<string, unknown>; key: Jwk; alg: string }
  output: { compact?: string }
}

type Check = (key: KeyObject, input: Uint8Array, signature: Uint8Array) => boolean

const ALGORITHMS: ReadonlyMap<string, Check> = new Map([
  ['HS256', hmac('sha256')],
  ['HS384', hmac('sha384')],
  ['HS512', hmac('sha512')],
  ['RS256', rsa('sha256')],
  ['RS384', rsa('sha384')],
  ['RS512', rsa('sha512')],
  ['PS256', pss('sha256')],
  ['PS384', pss('sha384')],
  ['PS512', pss('sha512')],
  ['ES256', ecdsa('sha256', 32)],
  ['ES384', ecdsa('sha384', 48)],
  ['ES512', ecdsa('sha512', 66)],
  ['EdDSA', (key, input, signature) => verify(null, input, key, signature)],
])

const EVERY_ALGORITHM: ReadonlySet<string> = new Set(ALGORITHMS.keys())

/** Listed as invalid, but identical to the token of case 357, which is listed as valid. */
const TWINS_OF_A_VALID_CASE = [367, 370]
const VALID_TWIN = 357

/**
 * Listed as valid, but signed with an algorithm that does not match `alg` of the key: PS384 with a key for
 * `PS256`, ES512 with a key for `ES521`, which does not exist. Rejected by RFC 7517 §4.4.
 */
const OF_KEYS_FOR_ANOTHER_ALGORITHM = [346, 347, 350, 351]

/** Listed as valid, but with `?` in a segment, which is not base64url (RFC 7515 §2). */
const WITH_A_FOREIGN_CHARACTER = [372, 373]

describe('Wycheproof', () => {
  test('no invalid case of 401 verifies, except for equivalents of a valid one', (ctx) => {
    const results = runSuite(ctx)
    const accepted = results.filter(({ ok, result }) => ok && result === 'invalid')
    expect(results.length).toBe(401)
    expect(accepted.map(({ tcId }) => tcId)).toEqual(TWINS_OF_A_VALID_CASE)
    const valid = results.find(({ tcId }) => tcId === VALID_TWIN)
    for (const { jws } of accepted) expect(jws).toBe(valid?.jws)
  })

  test('every valid case verifies, except for the listed ones', (ctx) => {
    const rejected = runSuite(ctx).filter(({ ok, result }) => !ok && result === 'valid')
    expect(rejected.map(({ tcId }) => tcId)).toEqual([
      ...OF_KEYS_FOR_ANOTHER_ALGORITHM,
      ...WITH_A_FOREIGN_CHARACTER,
    ])
    for (const { tcId, jws, jwk } of rejected) {
      const unlabeled = { ...jwk, alg: undefined }
      const isLabelToBlame = OF_KEYS_FOR_ANOTHER_ALGORITHM.includes(tcId)
      expect(verifyWith(jws, unlabeled).ok).toBe(isLabelToBlame)
    }
  })

  test('with the algorithms of access tokens, HS and PS signatures are rejected', (ctx) => {
    const algorithms = new Set(['ES256', 'EdDSA', 'RS256'])
    const verified = runSuite(ctx).filter(({ jws, jwk }) => verifyWith(jws, jwk, algorithms).ok)
    expect(verified.length).toBeGreaterThan(5)
    for (const { jws } of verified) expect(headerOf(jws)).toMatch(/"(ES256|RS256)"/)
  })
})

describe('JOSE cookbook', () => {
  test('every compact JWS of RFC 7520 and RFC 8037 verifies and returns its payload', (ctx) => {
    const files = listCookbook(requireVectors(ctx, 'jose-cookbook'))
    expect(files.length).toBe(5)
    for (const { input, compact } of files) {
      const verified = verifyWith(compact, input.key)
      if (!verified.ok) throw new Error(`${input.alg}: ${verified.fault}`)
      expect(decodeUtf8(verified.payload)).toBe(input.payload)
    }
  })
})

function runSuite(ctx: TestContext) {
  const suite = readVectors<Suite>(ctx, 'wycheproof', 'json_web_signature_test.json')
  return suite.testGroups.flatMap((group) => {
    const jwk = group.public ?? group.private
    return group.tests.map((each) => ({ ...each, jwk, ok: verifyWith(each.jws, jwk).ok }))
  })
}

function verifyWith(jws: string, jwk: Jwk, algorithms: ReadonlySet<string> = EVERY_ALGORITHM) {
  return verifyCompactJws(jws, {
    algorithms,
    findKey: ({ alg }) => (canVerify(jwk, alg) ? importKey(jwk) : undefined),
    verify: (key, alg, signingInput, signature) =>
      ALGORITHMS.get(alg)?.(key, Buffer.from(signingInput), signature) ?? false,
  })
}

function importKey(jwk: Jwk): KeyObject {
  if (jwk.kty === 'oct') return createSecretKey(jwk.k ?? '', 'base64url')
  return createPublicKey({ key: jwk, format: 'jwk' })
}

function hmac(hash: string): Check {
  return (key, input, signature) =>
    equalBytes(createHmac(hash, key).update(input).digest(), signature)
}

function rsa(hash: string): Check {
  return (key, input, signature) => verify(hash, input, key, signature)
}

function pss(hash: string): Check {
  const options = {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  }
  return (key, input, signature) => verify(hash, input, { key, ...options }, signature)
}

function ecdsa(hash: string, halfLength: number): Check {
  return (key, input, signature) => {
    const der = concatToDer(signature, halfLength)
    return der !== undefined && verify(hash, input, key, der)
  }
}

function headerOf(jws: string): string {
  return Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString()
}

function listCookbook(root: string) {
  const names = ['jws', 'curve25519'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
  )
  return (
    names
      .filter((name) => name.endsWith('.json'))
      .map((name): CookbookExample => JSON.parse(readFileSync(name, 'utf8')))
      .flatMap(({ input, output }) =>
        output.compact === undefined ? [] : [{ input, compact: output.compact }],
      )
      // RFC 7520 §4.5 has a detached payload, so its compact form is incomplete.
      .filter(({ compact }) => !compact.includes('..'))
  )
}
