import { randomUUID, sign } from 'node:crypto'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { obtainToken } from '../support/issue.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { openSigningKey } from '../support/signing-keys.ts'

// A stolen signing key is useless after its rotation, even for tokens that were verified before.

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

const isActive = async (token: string) =>
  (await server.ask('POST', '/oauth/introspect', { form: { token } })).body.active

async function forge(
  lifetimeSeconds: number,
  inSeconds = 0,
): Promise<{ readonly token: string; readonly kid: string }> {
  const key = await openSigningKey(server, 'ES256')
  const claims = decodeJwt(await obtainToken(server, server.manager))
  const iat = (claims.iat ?? 0) + inSeconds
  const forged = { ...claims, jti: randomUUID(), iat, exp: iat + lifetimeSeconds }
  const input = [{ alg: 'ES256', kid: key.kid, typ: 'at+jwt' }, forged].map(encode).join('.')
  const signature = sign('sha256', Buffer.from(input), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  return { token: `${input}.${signature.toString('base64url')}`, kid: key.kid }
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

it.each([false, true])(
  'a token of a key that is no longer published is rejected; verified before: %s',
  async (isSeen) => {
    // Issued an hour in the future, so that the token is valid for longer than the key.
    const { token, kid } = await forge(3_600, 3_600)
    if (isSeen) expect(await isActive(token)).toBe(true)
    await server.ask('POST', '/v1/signing-keys/rotate', { body: { immediately: true } })
    server.clock.move(3_600_000 + 61_000)
    expect((await server.ask('GET', '/.well-known/jwks.json')).text).not.toContain(kid)
    expect(await isActive(token)).toBe(false)
  },
)

it('a token with a longer lifetime than Keyporter issues is rejected', async () => {
  expect(await isActive((await forge(3_600)).token)).toBe(true)
  expect(await isActive((await forge(3_601)).token)).toBe(false)
})

it('an immediate rotation takes effect within the same millisecond', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { body } = await server.ask('POST', '/v1/signing-keys/rotate', {
      body: { immediately: true },
    })
    server.clock.move(1)
    const { data } = (await server.ask('GET', '/v1/signing-keys')).body
    const active = data.filter((key: { status: string }) => key.status === 'active')
    expect(active.map((key: { id: string }) => key.id)).toEqual([body.id])
    server.clock.move(-1)
  }
})
