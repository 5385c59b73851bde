import { afterAll, beforeAll, expect, it } from 'vitest'
import { addPerson, PASSWORD, type Person } from '../../../../../test/support/people.ts'
import { startTestServer, type TestServer } from '../../../../../test/support/server.ts'
import { enableTotp, type Totp, totpCode } from '../../../../../test/support/totp.ts'
import { isReEncryptionDue } from '../../encryption/index.ts'

// TOTP secrets are encrypted with the keys of the member's organization.

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const context = () => server.program.systemContext(server.operatorId)

const signInWith = async ({ email }: Person, code: string | undefined) => {
  const body = { email, password: PASSWORD, totpCode: code }
  return (await server.send('POST', '/v1/sessions', { as: null, body })).status
}

/** Returns an unused code. */
function nextCode({ secret }: Pick<Totp, 'secret'>): string {
  server.clock.move(60_000)
  return totpCode(secret, server.clock.now())
}

const encryptedSecretOf = async ({ id }: Person) => {
  const row = await context()
    .db.selectFrom('totpSecrets')
    .select('encryptedSecret')
    .where('memberId', '=', id)
    .executeTakeFirstOrThrow()
  return row.encryptedSecret ?? ''
}

const keyIdOf = (ciphertext: string) =>
  JSON.parse(Buffer.from(ciphertext.split('.')[0] ?? '', 'base64url').toString()).kid

it('TOTP codes work after a key rotation; recovery codes work after the keys are destroyed', async () => {
  const person = await addPerson(server)
  const totp = await enableTotp(server, person)
  const before = keyIdOf(await encryptedSecretOf(person))
  await server.send('POST', '/v1/encryption-keys/rotate', { body: { scope: 'organizations' } })
  await expect.poll(() => isReEncryptionDue(context().db)).toBe(false)
  expect(keyIdOf(await encryptedSecretOf(person))).not.toBe(before)
  expect(await signInWith(person, nextCode(totp))).toBe(201)
  const { body } = await server.send('GET', `/v1/organizations/${server.operatorId}`)
  const destroyed = await server.send('POST', '/v1/encryption-keys/destroy', {
    body: { organizationId: server.operatorId, confirm: body.slug },
  })
  expect(destroyed.status).toBe(200)
  expect(await signInWith(person, nextCode(totp))).toBe(401)
  expect(await signInWith(person, totp.recoveryCodes[0])).toBe(201)
})
