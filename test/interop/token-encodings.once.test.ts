import { compactVerify } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  createContactsApi,
  createCredential,
  type IssuedCredential,
  requestToken,
} from '../support/credentials.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type OpenedKey, openSigningKey } from '../support/signing-keys.ts'

// A token has several encodings. A revocation applies to the token in every encoding.

let server: TestServer
let key: OpenedKey
let client: IssuedCredential

beforeAll(async () => {
  server = await startTestServer({ fakeClock: false })
  await createContactsApi(server)
  client = await createCredential(server)
  key = await openSigningKey(server, 'ES256')
})
afterAll(() => server.close())

async function isActive(token: string): Promise<boolean> {
  const response = await server.send('POST', '/oauth/introspect', { form: { token } })
  expect(response.status).toBe(200)
  return response.body.active
}

async function revoke(token: string): Promise<void> {
  const response = await server.send('POST', '/oauth/revoke', { as: client, form: { token } })
  expect(response.status).toBe(200)
}

function isVerifiedByJose(token: string): Promise<boolean> {
  return compactVerify(token, key.publicKey).then(
    () => true,
    () => false,
  )
}

it('encodings that a lax verifier accepts are rejected, before and after the revocation of the token', async () => {
  const token = await requestToken(server, client)
  const accepted: string[] = []
  for (const encoding of laxEncodings(token)) {
    if (await isVerifiedByJose(encoding)) accepted.push(encoding)
    expect(await isActive(encoding)).toBe(false)
  }
  expect(accepted.length).toBeGreaterThanOrEqual(4)
  expect(await isActive(token)).toBe(true)
  await revoke(token)
  for (const encoding of [token, ...accepted]) expect(await isActive(encoding)).toBe(false)
})

it('a revocation covers the second valid ECDSA signature of the same token', async () => {
  const token = await requestToken(server, client)
  const twin = withTwinSignature(token)
  expect(await isVerifiedByJose(twin)).toBe(true)
  expect(await isActive(twin)).toBe(true)
  await revoke(token)
  expect([await isActive(token), await isActive(twin)]).toEqual([false, false])
})

it('a revocation by the second valid ECDSA signature covers the original token', async () => {
  const token = await requestToken(server, client)
  await revoke(withTwinSignature(token))
  expect(await isActive(token)).toBe(false)
})

/** Returns other texts that a lax decoder decodes to the same three segments. */
function laxEncodings(token: string): readonly string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  // 64 bytes are 85 characters and two bits, so the last character has four unused bits.
  const last = alphabet.indexOf(token.at(-1) ?? '')
  const sameBits = Array.from({ length: 16 }, (_, low) => alphabet[(last & 0b110000) | low])
  const unused = sameBits.map((character) => `${token.slice(0, -1)}${character}`)
  return [
    ...unused.filter((encoding) => encoding !== token),
    `${token}=`,
    `${token}==`,
    `${token} `,
    `${token}\n`,
    ` ${token}`,
    token.replaceAll('-', '+').replaceAll('_', '/').concat('='),
  ]
}

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** If (r, s) is a valid ECDSA signature, so is (r, n − s), and both can be computed without the key. */
function withTwinSignature(token: string): string {
  const [head, body, tail = ''] = token.split('.')
  const signature = Buffer.from(tail, 'base64url')
  const s = BigInt(`0x${signature.subarray(32).toString('hex')}`)
  const twin = (P256_ORDER - s).toString(16).padStart(64, '0')
  return [
    head,
    body,
    Buffer.concat([signature.subarray(0, 32), Buffer.from(twin, 'hex')]).toString('base64url'),
  ].join('.')
}
