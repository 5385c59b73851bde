import { createHmac, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../../test/support/any-text.ts'
import { encodeBase64urlText } from '../bytes.ts'
import type { AccessTokenClaims } from './claims.ts'
import { parseCompactJws } from './compact-jws.ts'
import { concatToDer, derToConcat, encodeJwsHeader, signCompactJws } from './sign.ts'
import { verifyAccessToken } from './verify-access-token.ts'

const NOW = 1_800_000_000
const ISSUER = 'https://keyporter.example'
const AUDIENCE = 'https://api.example/v1'

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keys: ReadonlyMap<string, KeyObject> = new Map([['k1', ec.publicKey]])

const claims: AccessTokenClaims = {
  iss: ISSUER,
  sub: 'kpc_live_a',
  aud: AUDIENCE,
  client_id: 'kpc_live_a',
  org: 'org_a',
  cred: 'cred_a',
  env: 'production',
  iat: NOW - 60,
  exp: NOW + 60,
  jti: 'jti-1',
  scope: 'CONTACT_READ CONTACT_WRITE',
}
const header = { alg: 'ES256', kid: 'k1', typ: 'at+jwt' }
const token = forge(header, claims)

describe('does', () => {
  test('an issued token returns its claims', () => {
    expect(check(token)).toEqual({ ok: true, claims })
  })

  test('a token of jose returns its claims', async () => {
    const signer = new SignJWT({ ...claims }).setProtectedHeader(header)
    expect(check(await signer.sign(ec.privateKey))).toEqual({ ok: true, claims })
  })

  test.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt'])(
    'typ may be %s',
    (typ) => {
      expect(check(forge({ ...header, typ }, claims)).ok).toBe(true)
    },
  )

  test('scope, nbf and status are optional', () => {
    const { scope: _scope, ...bare } = claims
    const status = { status_list: { idx: 7, uri: `${ISSUER}/status-lists/1` } }
    expect(check(forge(header, bare))).toEqual({ ok: true, claims: bare })
    expect(check(forge(header, { ...claims, nbf: NOW, status })).ok).toBe(true)
  })

  test('without audiences, aud is not checked', () => {
    expect(
      check(forge(header, { ...claims, aud: 'https://other.example' }), { audiences: undefined })
        .ok,
    ).toBe(true)
  })

  test('a token is valid one second before exp and expired at exp', () => {
    expect(check(token, { nowSeconds: claims.exp - 1 }).ok).toBe(true)
    expect(check(token, { nowSeconds: claims.exp })).toEqual({ ok: false, fault: 'expired' })
  })

  test('clocks can differ by the allowed skew, in both directions', () => {
    const early = forge(header, { ...claims, nbf: NOW + 30 })
    expect(check(token, { nowSeconds: claims.exp + 29, clockSkewSeconds: 30 }).ok).toBe(true)
    expect(check(token, { nowSeconds: claims.exp + 30, clockSkewSeconds: 30 }).ok).toBe(false)
    expect(check(early, { clockSkewSeconds: 30 }).ok).toBe(true)
    expect(check(early, { clockSkewSeconds: 29 })).toEqual({ ok: false, fault: 'not_yet_valid' })
  })
})

describe('rejects a header', () => {
  test.each([
    ['typ JWT', { ...header, typ: 'JWT' }, 'wrong_type'],
    ['no typ', { alg: 'ES256', kid: 'k1' }, 'wrong_type'],
    ['typ that is not text', { ...header, typ: ['at+jwt'] }, 'wrong_type'],
    ['alg none', { ...header, alg: 'none' }, 'unsupported'],
    ['alg nOnE', { ...header, alg: 'nOnE' }, 'unsupported'],
    ['alg HS256', { ...header, alg: 'HS256' }, 'unsupported'],
    ['alg es256', { ...header, alg: 'es256' }, 'unsupported'],
    ['no alg', { kid: 'k1', typ: 'at+jwt' }, 'malformed'],
    ['alg that is not text', { ...header, alg: ['ES256'] }, 'malformed'],
    ['an unknown kid', { ...header, kid: 'k2' }, 'unknown_key'],
    ['no kid', { alg: 'ES256', typ: 'at+jwt' }, 'unknown_key'],
    ['a kid that is not text', { ...header, kid: 1 }, 'unknown_key'],
    ['the algorithm of another key type', { ...header, alg: 'RS256' }, 'unknown_key'],
    ['crit', { ...header, crit: ['exp'], exp: 1 }, 'unsupported'],
    ['an empty crit', { ...header, crit: [] }, 'unsupported'],
    ['b64', { ...header, b64: false }, 'unsupported'],
    ['b64 with its default value', { ...header, b64: true }, 'unsupported'],
    ['jku', { ...header, jku: 'https://evil.example/jwks' }, 'unsupported'],
    ['x5u', { ...header, x5u: 'https://evil.example/x5u' }, 'unsupported'],
    ['x5c', { ...header, x5c: ['MII'] }, 'unsupported'],
    ['jwk', { ...header, jwk: stranger.publicKey.export({ format: 'jwk' }) }, 'unsupported'],
  ])('with %s', (_, wrong, fault) => {
    expect(check(forge(wrong, claims))).toEqual({ ok: false, fault })
  })

  test.each([
    ['a duplicate name', '{"alg":"ES256","alg":"none","kid":"k1","typ":"at+jwt"}'],
    ['__proto__', '{"__proto__":{"alg":"ES256"},"kid":"k1"}'],
    ['an array', '["ES256"]'],
    ['invalid JSON', 'ES256'],
  ])('with %s', (_, text) => {
    expect(check(forge(text, claims))).toEqual({ ok: false, fault: 'malformed' })
  })

  test('with an HMAC signature that uses the public key, in PEM and as a JWK', () => {
    const pem = String(ec.publicKey.export({ type: 'spki', format: 'pem' }))
    for (const secret of [
      pem,
      pem.trim(),
      JSON.stringify(ec.publicKey.export({ format: 'jwk' })),
    ]) {
      const input = `${encode({ ...header, alg: 'HS256' })}.${encode(claims)}`
      const mac = createHmac('sha256', secret).update(input).digest('base64url')
      expect(check(`${input}.${mac}`)).toEqual({ ok: false, fault: 'unsupported' })
    }
  })
})

describe('rejects claims', () => {
  test.each([
    ['iss with a slash at its end', { iss: `${ISSUER}/` }, 'wrong_issuer'],
    ['iss in another case', { iss: ISSUER.toUpperCase() }, 'wrong_issuer'],
    ['another aud', { aud: 'https://api.example/v2' }, 'wrong_audience'],
    ['aud as an array', { aud: [AUDIENCE] }, 'malformed'],
    ['an empty aud', { aud: '' }, 'malformed'],
    ['nbf in the future', { nbf: NOW + 1 }, 'not_yet_valid'],
    ['exp in the past', { exp: NOW - 1 }, 'expired'],
    ['exp as a text', { exp: String(NOW + 60) }, 'malformed'],
    ['exp as a fraction', { exp: NOW + 60.5 }, 'malformed'],
    ['a negative exp', { exp: -1 }, 'malformed'],
    ['exp null', { exp: null }, 'malformed'],
    ['iat as a text', { iat: 'now' }, 'malformed'],
    ['nbf as a text', { nbf: 'now' }, 'malformed'],
    ['scope as an array', { scope: ['CONTACT_READ'] }, 'malformed'],
    ['sub as a number', { sub: 1 }, 'malformed'],
    ['an unknown environment', { env: 'live' }, 'malformed'],
    ['an unknown status', { status: { status_list: { idx: -1, uri: 'u' } } }, 'malformed'],
    ['status as a text', { status: 'valid' }, 'malformed'],
  ])('with %s', (_, wrong, fault) => {
    expect(check(forge(header, { ...claims, ...wrong }))).toEqual({ ok: false, fault })
  })

  test.each(['iss', 'sub', 'aud', 'client_id', 'exp', 'iat', 'jti', 'org', 'cred', 'env'])(
    'without %s',
    (name) => {
      const rest = Object.fromEntries(Object.entries(claims).filter(([other]) => other !== name))
      expect(check(forge(header, rest))).toEqual({ ok: false, fault: 'missing_claim' })
    },
  )

  test.each([
    ['a duplicate name', (json: string) => json.replace('{', '{"exp":9999999999,')],
    ['exp of 1e400', (json: string) => json.replace(/"exp":\d+/, '"exp":1e400')],
    ['exp beyond 2^53', (json: string) => json.replace(/"exp":\d+/, '"exp":9007199254740993')],
    ['__proto__', (json: string) => json.replace('{', '{"__proto__":{"scope":"ALL"},')],
    ['trailing text', (json: string) => `${json}{}`],
    ['an array that contains the claims', (json: string) => `[${json}]`],
    ['a byte order mark', (json: string) => `\ufeff${json}`],
  ])('with %s', (_, change) => {
    expect(check(forge(header, change(JSON.stringify(claims))))).toEqual({
      ok: false,
      fault: 'malformed',
    })
  })
})

describe('rejects a token', () => {
  const [head = '', body = '', tail = ''] = token.split('.')

  test.each([
    ['nothing', ''],
    ['two segments', `${head}.${body}`],
    ['four segments', `${token}.`],
    ['five segments, a JWE', `${head}.${body}.${tail}.${body}.${tail}`],
    ['no signature', `${head}.${body}.`],
    ['no header', `.${body}.${tail}`],
    ['the JSON serialization', JSON.stringify({ protected: head, payload: body, signature: tail })],
    ['padding', `${token}=`],
    ['white space at the end', `${token} `],
    ['a line break at the end', `${token}\n`],
    ['leading white space', ` ${token}`],
    ['white space in the middle', `${head}. ${body}.${tail}`],
    ['the alphabet of base64', token.replaceAll('-', '+').replaceAll('_', '/').concat('+')],
    ['more than 8 KiB', `${head}.${'a'.repeat(8_192)}.${tail}`],
    ['a Keyporter secret', `kp_live_${'0'.repeat(49)}`],
  ])('%s', (_, wrong) => {
    expect(check(wrong)).toEqual({ ok: false, fault: 'malformed' })
  })

  test('with an empty, signed payload', () => {
    expect(check(forge(header, ''))).toEqual({ ok: false, fault: 'malformed' })
  })

  test('signed with an unknown key', () => {
    expect(check(forge(header, claims, stranger.privateKey))).toEqual({
      ok: false,
      fault: 'bad_signature',
    })
  })

  test('with a signature in DER, or with missing or additional zeros', () => {
    const signature = Buffer.from(tail, 'base64url')
    const der = concatToDer(signature, 32) ?? signature
    for (const other of [
      der,
      signature.subarray(1),
      Buffer.concat([Buffer.alloc(1), signature]),
      Buffer.alloc(64),
    ]) {
      const wrong = `${head}.${body}.${Buffer.from(other).toString('base64url')}`
      expect(check(wrong)).toEqual({ ok: false, fault: 'bad_signature' })
    }
  })

  test('after any single bit flip', () => {
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.nat({ max: 6 }), (at, bit) => {
        const flipped = String.fromCharCode(token.charCodeAt(at) ^ (1 << bit))
        expect(check(token.slice(0, at) + flipped + token.slice(at + 1)).ok).toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  test('of any form, without throwing', () => {
    const segment = fc.string({ unit: fc.constantFrom(...'eyJhbGciOiJFUzI1NiJ9.={"-_ ') })
    fc.assert(
      fc.property(fc.oneof(segment, anyText), (wrong) => {
        expect(check(wrong).ok).toBe(false)
      }),
    )
  })
})

describe('the parts of a compact JWS', () => {
  test('match the signed parts', () => {
    const parts = parseCompactJws(token)
    if (!parts.ok) throw new Error(parts.fault)
    expect(parts.header).toEqual(header)
    expect(parts.headerText).toBe(JSON.stringify(header))
    expect(Buffer.from(parts.payload).toString()).toBe(JSON.stringify(claims))
    expect(`${parts.signingInput}.${Buffer.from(parts.signature).toString('base64url')}`).toBe(
      token,
    )
  })

  test('are rejected for none, even if the caller allows it', () => {
    const unsecured = forge({ ...header, alg: 'none' }, claims)
    expect(parseCompactJws(unsecured, new Set(['none']))).toEqual({
      ok: false,
      fault: 'unsupported',
    })
  })
})

type Options = {
  nowSeconds?: number
  clockSkewSeconds?: number
  audiences?: ReadonlySet<string> | undefined
}

function check(text: string, options: Options = {}) {
  return verifyAccessToken(text, {
    issuer: ISSUER,
    audiences: new Set([AUDIENCE]),
    nowSeconds: NOW,
    findKey: (kid, alg) => (alg === 'ES256' ? keys.get(kid) : undefined),
    verify: (key, _, signingInput, signature) => {
      const der = concatToDer(signature, 32)
      return der !== undefined && verify('sha256', Buffer.from(signingInput), key, der)
    },
    ...options,
  })
}

/** Signs any header and payload, also invalid ones. */
function forge(
  head: string | object,
  payload: string | object,
  key: KeyObject = ec.privateKey,
): string {
  const json = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return signCompactJws(encode(head), json, (signingInput) => {
    const concat = derToConcat(sign('sha256', Buffer.from(signingInput), key), 32)
    if (concat === undefined) throw new Error('no signature')
    return concat
  })
}

function encode(value: string | object): string {
  return encodeBase64urlText(typeof value === 'string' ? value : JSON.stringify(value))
}

test('an encoded header is parsed to the same header', () => {
  expect(encodeJwsHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })).toBe(encode(header))
})
