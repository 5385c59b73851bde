import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CompactEncrypt, decodeJwt, FlattenedSign, GeneralSign, type JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContactsApi, createCredential, requestToken } from '../support/credentials.ts'
import { signIn } from '../support/people.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type OpenedKey, openSigningKey } from '../support/signing-keys.ts'

// Every endpoint rejects forged tokens, even those signed with the server's own key (RFC 8725, RFC 9068 §4).
// The claims are those of a management credential with all permissions, so only the forgery causes the rejection.

let server: TestServer
let key: OpenedKey
let claims: JWTPayload
let trap: Trap

beforeAll(async () => {
  server = await startTestServer({ fakeClock: false })
  await createContactsApi(server)
  claims = decodeJwt(await requestToken(server, server.manager))
  key = await openSigningKey(server, 'ES256')
  trap = await openTrap()
})
afterAll(async () => {
  await trap.close()
  await server.close()
})

const base64url = (text: string | Buffer) => Buffer.from(text).toString('base64url')
const nowSeconds = () => Math.floor(Date.now() / 1_000)
const fresh = (changes: object = {}) => ({ ...claims, jti: randomUUID(), ...changes })
const headerOf = (changes: object = {}) => ({
  alg: 'ES256',
  kid: key.kid,
  typ: 'at+jwt',
  ...changes,
})

/** The parts of a forged token; each defaults to a valid part. */
type Forgery = {
  readonly header?: object | string
  readonly payload?: object | string | Buffer
  readonly privateKey?: KeyObject
  readonly signature?: (signingInput: string) => Buffer
}

/** Returns a compact JWS (RFC 7515 §7.1), signed with the server's own key by default. */
function forge({ header = headerOf(), payload = fresh(), ...by }: Forgery = {}): string {
  const head = typeof header === 'string' ? header : JSON.stringify(header)
  const body =
    typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload)
  const signingInput = `${base64url(head)}.${base64url(body)}`
  const signature = by.signature ?? signWith(by.privateKey ?? key.privateKey)
  return `${signingInput}.${base64url(signature(signingInput))}`
}

function signWith(privateKey: KeyObject): (signingInput: string) => Buffer {
  const digest = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  return (signingInput) =>
    sign(digest, Buffer.from(signingInput), { key: privateKey, dsaEncoding: 'ieee-p1363' })
}

/** Returns the responses of every endpoint that accepts a token. */
async function present(token: string) {
  const [introspected, verified, authorized, used] = await Promise.all([
    server.send('POST', '/oauth/introspect', { form: { token } }),
    server.send('POST', '/v1/verify', { body: { token } }),
    server.send('POST', '/v1/verify', { body: { authorization: `Bearer ${token}` } }),
    server.send('GET', '/v1/credentials', { as: token }),
  ])
  return { introspected, verified, authorized, used }
}

async function expectRejected(token: string, code = 'malformed'): Promise<void> {
  const { introspected, verified, authorized, used } = await present(token)
  expect([introspected.status, introspected.text]).toEqual([200, '{"active":false}'])
  expect([verified.status, verified.body]).toEqual([200, { valid: false, code }])
  expect([authorized.status, authorized.body.valid]).toEqual([200, false])
  expect([used.status, used.body.code]).toEqual([401, 'invalid_token'])
}

async function expectAccepted(token: string): Promise<void> {
  const { introspected, verified, authorized, used } = await present(token)
  expect(introspected.body).toMatchObject({ active: true, sub: server.manager.clientId })
  expect(verified.body).toMatchObject({ valid: true, code: 'valid' })
  expect(authorized.body).toMatchObject({ valid: true, code: 'valid' })
  expect(used.status).toBe(200)
}

describe('the server accepts unforged variants, so the forgery alone causes each rejection', () => {
  it.each<[string, () => Forgery]>([
    ['the same claims, signed with the same key', () => ({})],
    ['the type written out', () => ({ header: headerOf({ typ: 'application/at+jwt' }) })],
    ['the type in another case', () => ({ header: headerOf({ typ: 'AT+JWT' }) })],
    ['an unknown header parameter', () => ({ header: headerOf({ color: 'blue' }) })],
    ['an unknown claim', () => ({ payload: fresh({ color: 'blue' }) })],
    ['nbf in the past', () => ({ payload: fresh({ nbf: nowSeconds() - 60 }) })],
  ])('%s', async (_, forgery) => expectAccepted(forge(forgery())))
})

describe('the server rejects the header', () => {
  it.each<[string, object]>([
    ['typ JWT', { typ: 'JWT' }],
    ['no typ', { typ: undefined }],
    ['typ as a list', { typ: ['at+jwt'] }],
    ['an unknown kid', { kid: 'unknown' }],
    ['a kid that is a path', { kid: '../../../../dev/null' }],
    ['a kid that is SQL', { kid: "' OR '1'='1" }],
    ['a kid that is not a string', { kid: 1 }],
    ['no kid', { kid: undefined }],
    ['crit with an unknown name', { crit: ['exp'], exp: 1 }],
    ['an empty crit', { crit: [] }],
    ['b64 false', { b64: false, crit: ['b64'] }],
    ['b64 false without crit', { b64: false }],
    ['an algorithm in another case', { alg: 'es256' }],
    ['an algorithm of another family', { alg: 'RS256' }],
    ['an algorithm of another curve', { alg: 'ES384' }],
    ['no algorithm', { alg: undefined }],
    ['an algorithm that is not a string', { alg: { name: 'ES256' } }],
    ['zip', { zip: 'DEF', crit: ['zip'] }],
  ])('%s', async (_, changes) => expectRejected(forge({ header: headerOf(changes) })))

  it('with a duplicate name', async () => {
    const header = JSON.stringify(headerOf())
    await expectRejected(forge({ header: header.replace('{', '{"alg":"none",') }))
    await expectRejected(forge({ header: header.replace('}', ',"typ":"at+jwt"}') }))
  })

  it.each(['', '[]', 'null', '"ES256"', '{', '{}', '\u{feff}{}', '{"alg":"ES256","__proto__":{}}'])(
    'that is not a JWS header: %j',
    async (header) => expectRejected(forge({ header })),
  )
})

describe('the server rejects alg none', () => {
  it.each(['none', 'None', 'nOnE', 'NONE', 'none '])('spelled %j', async (alg) => {
    const header = headerOf({ alg })
    await expectRejected(forge({ header, signature: () => Buffer.alloc(0) }))
    await expectRejected(forge({ header }))
    await expectRejected(forge({ header }).replace(/\.[^.]*$/, ''))
  })
})

describe('the server rejects HS256 with a public value as the key', () => {
  it.each(['ES256', 'EdDSA', 'RS256'])('the public key for %s', async (algorithm) => {
    const api = await createContactsApi(server, {
      name: algorithm,
      identifier: `https://${algorithm.toLowerCase()}.example.com`,
      signingAlgorithm: algorithm,
    })
    await requestToken(server, await createCredential(server, { apiId: api.id }))
    const { kid, publicKey } = await openSigningKey(server, algorithm)
    const secrets = await encodePublicKey(kid, publicKey)
    expect(secrets.length).toBeGreaterThan(5)
    for (const alg of ['HS256', algorithm]) {
      for (const secret of secrets) {
        const signature = (input: string) => createHmac('sha256', secret).update(input).digest()
        await expectRejected(forge({ header: headerOf({ alg, kid }), signature }))
      }
    }
  })

  it('an empty key, or the kid', async () => {
    for (const secret of ['', key.kid]) {
      const signature = (input: string) => createHmac('sha256', secret).update(input).digest()
      await expectRejected(forge({ header: headerOf({ alg: 'HS256' }), signature }))
    }
  })
})

/** Returns every encoding of a public key that a confused verifier might use as a shared secret (RFC 8725 §2.1). */
async function encodePublicKey(kid: string, publicKey: KeyObject) {
  const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
  const jwk = publicKey.export({ format: 'jwk' })
  const set = await server.send('GET', '/.well-known/jwks.json')
  const published = set.body.keys.find((one: { kid: string }) => one.kid === kid)
  return [
    pem,
    pem.trimEnd(),
    publicKey.export({ format: 'der', type: 'spki' }),
    JSON.stringify(jwk),
    JSON.stringify(published),
    set.text,
    ...[jwk.x, jwk.y, jwk.n].flatMap((part) =>
      part === undefined ? [] : [part, Buffer.from(part, 'base64url')],
    ),
  ]
}

describe('the server rejects a key inside the token, and fetches no key for', () => {
  it.each(['jku', 'x5u', 'jwk', 'x5c'])('%s', async (name) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'mine', use: 'sig', alg: 'ES256' }
    trap.serve({ keys: [jwk] })
    const der = publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    const values = { jku: `${trap.url}/jwks.json`, x5u: `${trap.url}/x5u.pem`, jwk, x5c: [der] }
    const value = values[name as keyof typeof values]
    for (const kid of ['mine', key.kid, undefined]) {
      await expectRejected(forge({ header: headerOf({ [name]: value, kid }), privateKey }))
    }
    // The signature is valid here, and the header alone causes the rejection.
    await expectRejected(forge({ header: headerOf({ [name]: value }) }))
    expect(trap.connections()).toBe(0)
  })

  it('iss, which is not a source of keys', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await expectRejected(forge({ payload: fresh({ iss: trap.url }), privateKey }))
    expect(trap.connections()).toBe(0)
  })

  it('another URL, or the trap would have counted the connection', async () => {
    await fetch(`${trap.url}/jwks.json`)
    expect(trap.connections()).toBe(1)
  })
})

describe('the server rejects a signature', () => {
  it('of another key with the kid of the server’s key', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await expectRejected(forge({ privateKey }))
  })

  it.each<[string, (signingInput: string) => Buffer]>([
    ['of zeros', () => Buffer.alloc(64)],
    ['of ones', () => Buffer.alloc(64, 0xff)],
    ['of no length', () => Buffer.alloc(0)],
    ['cut short', (input) => signWith(key.privateKey)(input).subarray(0, 63)],
    [
      'with one byte more',
      (input) => Buffer.concat([signWith(key.privateKey)(input), Buffer.alloc(1)]),
    ],
    ['in DER', (input) => sign('sha256', Buffer.from(input), key.privateKey)],
  ])('%s', async (_, signature) => expectRejected(forge({ signature })))

  it('of another Keyporter server, with its own issuer or the same issuer', async () => {
    const origin = { env: { KEYPORTER_PUBLIC_URL: server.url }, fakeClock: false }
    for (const options of [{ fakeClock: false }, origin]) {
      const other = await startTestServer(options)
      try {
        await expectRejected(await requestToken(other, other.manager))
        const { privateKey } = await openSigningKey(other, 'ES256')
        await expectRejected(forge({ privateKey }))
      } finally {
        await other.close()
      }
    }
  })
})

it('the server rejects every alteration of an accepted token', async () => {
  const token = forge()
  await expectAccepted(token)
  const places = Array.from({ length: token.length }, (_, index) => index)
  const altered = places
    .filter((index) => index % 7 === 0)
    .map(
      (index) =>
        token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1),
    )
  for (const other of altered) {
    const response = await server.send('POST', '/oauth/introspect', { form: { token: other } })
    expect([response.status, response.text]).toEqual([200, '{"active":false}'])
  }
})

describe('the server rejects the serialization', () => {
  it('as JSON, flattened and general (RFC 7515 §7.2)', async () => {
    const payload = Buffer.from(JSON.stringify(fresh()))
    const flattened = await new FlattenedSign(payload)
      .setProtectedHeader(headerOf())
      .sign(key.privateKey)
    const general = await new GeneralSign(payload)
      .addSignature(key.privateKey)
      .setProtectedHeader(headerOf())
      .sign()
    for (const one of [flattened, general]) {
      await expectRejected(JSON.stringify(one))
      await expectRejected(base64url(JSON.stringify(one)))
    }
  })

  it('with five segments, encrypted to the server’s public key (RFC 7516)', async () => {
    const header = { ...headerOf({ alg: 'ECDH-ES' }), enc: 'A256GCM', cty: 'at+jwt' }
    const encrypted = await new CompactEncrypt(Buffer.from(forge()))
      .setProtectedHeader(header)
      .encrypt(key.publicKey)
    expect(encrypted.split('.')).toHaveLength(5)
    await expectRejected(encrypted)
  })

  it('with two, four or six segments, or empty segments', async () => {
    const token = forge()
    const [head, body, tail] = token.split('.')
    const others = [
      `${head}.${body}`,
      `${head}.${body}.`,
      `.${body}.${tail}`,
      `${head}..${tail}`,
      `${token}.`,
      `${token}.${tail}`,
      `${token}.${head}.${body}.${tail}`,
      '..',
      `${token} ${token}`,
      `${token},${token}`,
    ]
    for (const other of others) await expectRejected(other)
  })

  it('longer than any token, with a valid signature', async () => {
    await expectRejected(forge({ payload: fresh({ color: 'x'.repeat(8_192) }) }))
  })

  it.each(['', '\u0000', 'é', '😀.😀.😀', 'ey.\u0000.ey', '%', '+', 'ey.', 'ey'.repeat(8_000)])(
    'of no JWS: %.20s',
    async (token) => {
      const verified = await server.send('POST', '/v1/verify', { body: { token } })
      expect([verified.status, verified.body]).toEqual([200, { valid: false, code: 'malformed' }])
      if (token === '') return
      const introspected = await server.send('POST', '/oauth/introspect', { form: { token } })
      expect([introspected.status, introspected.text]).toEqual([200, '{"active":false}'])
    },
  )

  it('of secrets, client ids and session cookies', async () => {
    const { email, password } = server.admin
    const { cookie } = await signIn(server, email, password)
    const value = cookie.slice(cookie.indexOf('=') + 1)
    expect(value.length).toBeGreaterThan(20)
    const { clientId, clientSecret } = server.manager
    for (const token of [value, cookie, clientSecret, clientId, key.kid]) {
      const introspected = await server.send('POST', '/oauth/introspect', { form: { token } })
      expect(introspected.text).toBe('{"active":false}')
      const verified = await server.send('POST', '/v1/verify', { body: { token } })
      expect(verified.body).toEqual({ valid: false, code: 'malformed' })
    }
    expect((await server.send('GET', '/v1/credentials', { as: value })).status).toBe(401)
    const asCookie = cookie.replace(value, await requestToken(server, server.manager))
    expect((await server.send('GET', '/v1/credentials', { cookie: asCookie })).status).toBe(401)
  })
})

describe('the server rejects the claim', () => {
  it.each<[string, () => object]>([
    ['exp as a string', () => ({ exp: String(nowSeconds() + 600) })],
    ['exp with a fraction', () => ({ exp: nowSeconds() + 600.5 })],
    ['a negative exp', () => ({ exp: -1 })],
    ['exp as null', () => ({ exp: null })],
    ['exp as a list', () => ({ exp: [nowSeconds() + 600] })],
    ['no exp', () => ({ exp: undefined })],
    ['no iat', () => ({ iat: undefined })],
    ['no jti', () => ({ jti: undefined })],
    ['no sub', () => ({ sub: undefined })],
    ['no client_id', () => ({ client_id: undefined })],
    ['no cred', () => ({ cred: undefined })],
    ['nbf in the future', () => ({ nbf: nowSeconds() + 300 })],
    ['nbf as a string', () => ({ nbf: '0' })],
    ['aud as a list', () => ({ aud: [claims.aud] })],
    ['no aud', () => ({ aud: undefined })],
    ['an empty aud', () => ({ aud: '' })],
    ['iss with a slash at its end', () => ({ iss: `${server.url}/` })],
    ['iss in another case', () => ({ iss: server.url.toUpperCase() })],
    ['another iss', () => ({ iss: 'https://other.example.com' })],
    ['no iss', () => ({ iss: undefined })],
    ['scope as a list', () => ({ scope: ['CREDENTIAL_READ'] })],
    ['an env that does not exist', () => ({ env: 'staging' })],
  ])('%s', async (_, changes) => expectRejected(forge({ payload: fresh(changes()) })))

  it('exp in the past', async () => {
    const iat = nowSeconds() - 7_200
    await expectRejected(forge({ payload: fresh({ iat, exp: iat + 3_600 }) }), 'expired')
    await expectRejected(forge({ payload: fresh({ exp: nowSeconds() }) }), 'expired')
    await expectRejected(forge({ payload: fresh({ exp: 0 }) }), 'expired')
  })

  it('cred of a credential that does not exist', async () => {
    const unknown = `${String(claims['cred']).slice(0, -4)}zzzz`
    await expectRejected(forge({ payload: fresh({ cred: unknown }) }), 'not_found')
  })

  it.each(['1e400', '1E999', '-1e400', '9007199254740993', '0x7fffffff', 'NaN', 'Infinity', '+1'])(
    'exp as the number %s',
    async (exp) => {
      const payload = JSON.stringify(fresh({ exp: 'EXP' })).replace('"EXP"', exp)
      await expectRejected(forge({ payload }))
    },
  )

  it.each(['exp', 'cred', 'scope', 'aud', 'iss', 'jti'])('duplicate %s', async (name) => {
    const payload = JSON.stringify(fresh())
    const again = JSON.stringify({ [name]: claims[name] }).slice(1, -1)
    const escaped = again.replace(name[0] ?? '', `\\u00${name.charCodeAt(0).toString(16)}`)
    for (const twice of [again, escaped]) {
      expect(JSON.parse(payload.replace('{', `{${twice},`))).toMatchObject({ aud: claims.aud })
      await expectRejected(forge({ payload: payload.replace('{', `{${twice},`) }))
      await expectRejected(forge({ payload: payload.replace(/\}$/, `,${twice}}`) }))
    }
  })

  it.each<[string, () => string | Buffer]>([
    ['nothing', () => ''],
    ['null', () => 'null'],
    ['a list', () => `[${JSON.stringify(fresh())}]`],
    ['two objects', () => JSON.stringify(fresh()).repeat(2)],
    ['a byte order mark', () => `\u{feff}${JSON.stringify(fresh())}`],
    ['a byte that is not UTF-8', () => Buffer.from(JSON.stringify(fresh({ x: 'é' })), 'latin1')],
    ['UTF-16', () => Buffer.from(JSON.stringify(fresh()), 'utf16le').subarray(0, 6_000)],
    [
      'half of a surrogate pair',
      () => JSON.stringify(fresh({ x: 'X' })).replace('"X"', '"\\ud800"'),
    ],
    ['__proto__', () => JSON.stringify(fresh()).replace('{', '{"__proto__":{"admin":true},')],
    ['depth', () => JSON.stringify(fresh()).replace('{', `{"x":${nested(2_000)},`)],
  ])('set with a payload of %s', async (_, payload) =>
    expectRejected(forge({ payload: payload() })),
  )
})

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

/** A server that must receive no connection. */
type Trap = {
  readonly url: string
  readonly serve: (document: object) => void
  readonly connections: () => number
  readonly close: () => Promise<void>
}

async function openTrap(): Promise<Trap> {
  let served = '{}'
  let count = 0
  const listener = createServer((_, response) => response.end(served))
  listener.on('connection', () => {
    count += 1
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    serve: (document) => {
      served = JSON.stringify(document)
    },
    connections: () => count,
    close: () =>
      new Promise((resolve) => {
        listener.closeAllConnections()
        listener.close(() => resolve())
      }),
  }
}
