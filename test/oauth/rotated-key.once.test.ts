import { randomUUID, sign } from 'node:crypto'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { requestToken } from '../support/credentials.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { openSigningKey } from '../support/signing-keys.ts'

// A stolen signing key is useless after its rotation, also for tokens that were accepted before.

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

const isActive = async (token: string) =>
  (await server.send('POST', '/oauth/introspect', { form: { token } })).body.active

async function forge(
  lifetimeSeconds: number,
  inSeconds = 0,
): Promise<{ readonly token: string; readonly kid: string }> {
  const key = await openSigningKey(server, 'ES256')
  const claims = decodeJwt(await requestToken(server, server.manager))
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
  'a token of a key that is no longer published is rejected; seen before: %s',
  async (isSeen) => {
    // Dated an hour ahead, so the forged token expires after its key.
    const { token, kid } = await forge(3_600, 3_600)
    if (isSeen) expect(await isActive(token)).toBe(true)
    await server.send('POST', '/v1/signing-keys/rotate', { body: { immediately: true } })
    server.clock.move(3_600_000 + 61_000)
    expect((await server.send('GET', '/.well-known/jwks.json')).text).not.toContain(kid)
    expect(await isActive(token)).toBe(false)
  },
)

it('a token with more than the maximum lifetime is rejected', async () => {
  expect(await isActive((await forge(3_600)).token)).toBe(true)
  expect(await isActive((await forge(3_601)).token)).toBe(false)
})

it('an immediate rotation takes over within the same millisecond', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { body } = await server.send('POST', '/v1/signing-keys/rotate', {
      body: { immediately: true },
    })
    server.clock.move(1)
    const { data } = (await server.send('GET', '/v1/signing-keys')).body
    const active = data.filter((key: { status: string }) => key.status === 'active')
    expect(active.map((key: { id: string }) => key.id)).toEqual([body.id])
    server.clock.move(-1)
  }
})
