import { compactVerify } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createContactsApi, createCredential, type Issued, obtainToken } from '../support/issue.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type OpenedKey, openSigningKey } from '../support/signing-keys.ts'

// One token has many spellings: what is revoked is the token, never its text.

let server: TestServer
let key: OpenedKey
let client: Issued

beforeAll(async () => {
  server = await startTestServer({ fakeClock: false })
  await createContactsApi(server)
  client = await createCredential(server)
  key = await openSigningKey(server, 'ES256')
})
afterAll(() => server.close())

async function isActive(token: string): Promise<boolean> {
  const answer = await server.ask('POST', '/oauth/introspect', { form: { token } })
  expect(answer.status).toBe(200)
  return answer.body.active
}

async function revoke(token: string): Promise<void> {
  const answer = await server.ask('POST', '/oauth/revoke', { as: client, form: { token } })
  expect(answer.status).toBe(200)
}

function isVerifiedByJose(token: string): Promise<boolean> {
  return compactVerify(token, key.publicKey).then(
    () => true,
    () => false,
  )
}

it('spellings that another verifier takes for the same token are refused, before and after its revocation', async () => {
  const token = await obtainToken(server, client)
  const accepted: string[] = []
  for (const spelling of laxSpellings(token)) {
    if (await isVerifiedByJose(spelling)) accepted.push(spelling)
    expect(await isActive(spelling)).toBe(false)
  }
  expect(accepted.length).toBeGreaterThanOrEqual(4)
  expect(await isActive(token)).toBe(true)
  await revoke(token)
  for (const spelling of [token, ...accepted]) expect(await isActive(spelling)).toBe(false)
})

it('the other signature that ECDSA gives for free is revoked with the first', async () => {
  const token = await obtainToken(server, client)
  const twin = withTwinSignature(token)
  expect(await isVerifiedByJose(twin)).toBe(true)
  expect(await isActive(twin)).toBe(true)
  await revoke(token)
  expect([await isActive(token), await isActive(twin)]).toEqual([false, false])
})

it('and the first with the other', async () => {
  const token = await obtainToken(server, client)
  await revoke(withTwinSignature(token))
  expect(await isActive(token)).toBe(false)
})

/** Other texts that decode to the same three segments, for whoever decodes without care. */
function laxSpellings(token: string): readonly string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  // 64 bytes are 85 characters and two bits: of the last character four bits mean nothing.
  const last = alphabet.indexOf(token.at(-1) ?? '')
  const sameBits = Array.from({ length: 16 }, (_, low) => alphabet[(last & 0b110000) | low])
  const unused = sameBits.map((character) => `${token.slice(0, -1)}${character}`)
  return [
    ...unused.filter((spelling) => spelling !== token),
    `${token}=`,
    `${token}==`,
    `${token} `,
    `${token}\n`,
    ` ${token}`,
    token.replaceAll('-', '+').replaceAll('_', '/').concat('='),
  ]
}

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** With (r, s) also (r, n - s) is a signature of the same text: anyone can make the one from the other. */
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
