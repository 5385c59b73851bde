import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { isReEncryptionDue } from '../../packages/server/src/encryption/index.ts'
import { organizationKeyContext } from '../../packages/server/src/encryption/organization-key-rows.ts'
import { createContactsApi, createCredential, requestToken } from '../support/credentials.ts'
import { addPerson, invitePerson, PASSWORD, readLinkCode, signIn } from '../support/people.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { openSigningKey } from '../support/signing-keys.ts'
import { insertSecrets, plaintextOf, readSecrets } from '../support/stored-secrets.ts'
import { readTables } from '../support/tables.ts'

// The database and the log contain no secret in any encoding, and no digest that allows guessing.

let server: TestServer
/** Every secret, by type. */
const secrets = new Map<string, string | Buffer>()

beforeAll(async () => {
  server = await startTestServer({ env: { KEYPORTER_LOG_LEVEL: 'debug' } })
  const api = await createContactsApi(server)
  const credential = await createCredential(server, { apiId: api.id })
  const revoked = await createCredential(server, { apiId: api.id })
  const token = await requestToken(server, credential)
  const withdrawn = await requestToken(server, credential)
  await server.send('POST', '/oauth/revoke', { as: credential, form: { token: withdrawn } })
  await server.send('POST', `/v1/credentials/${revoked.id}/revoke`, { body: {} })
  const person = await addPerson(server)
  const ended = await signIn(server, person.email)
  await ended.send('DELETE', '/v1/session')
  const { code } = await invitePerson(server)
  const again = await server.send('POST', `/v1/members/${person.id}/invitation`, { body: {} })
  const headers = { 'idempotency-key': 'once' }
  const repeated = await server.send('POST', '/v1/credentials', {
    body: { name: 'Once', permissions: 'all', apiId: api.id },
    headers,
  })
  const stored = await storeSecrets()
  await sendWrongSecret('a-wrong-secret-as-a-caller-sends-it')
  const { privateKey } = await openSigningKey(server, 'ES256')
  const rootKey = readFileSync(join(server.dataDirectory, 'root.key'), 'utf8').trim()
  for (const [name, secret] of Object.entries({
    'a client secret': credential.clientSecret,
    'the secret of a revoked credential': revoked.clientSecret,
    'a secret that was returned under an idempotency key': repeated.body.clientSecret,
    'the first management secret': server.manager.clientSecret,
    'a token': token,
    'a revoked token': withdrawn,
    'the signature of a token': token.split('.')[2] ?? '',
    'a session': person.cookie.split('=')[1] ?? '',
    'an ended session': ended.cookie.split('=')[1] ?? '',
    'an invitation': code,
    'a link for a new password': readLinkCode(again.body.url ?? again.body.invitation?.url),
    'a password': PASSWORD,
    'the first password': server.admin.password,
    ...stored,
    'a wrong secret': 'a-wrong-secret-as-a-caller-sends-it',
    'the root key': rootKey,
    'the bytes of the root key': Buffer.from(rootKey, 'base64url'),
    'the private signing key': privateKey.export({ format: 'der', type: 'pkcs8' }),
    'the private number of the signing key': Buffer.from(
      String(privateKey.export({ format: 'jwk' }).d),
      'base64url',
    ),
  })) {
    secrets.set(name, secret)
  }
})
afterAll(() => server.close())

/** Stores one of each encrypted value of an organization, also through a key rotation. */
async function storeSecrets(): Promise<Record<string, string | Buffer>> {
  const { db, organizationEncryption, rootEncryption, mutate } = server.program.systemContext(
    server.operatorId,
  )
  const target = { type: 'connection', id: null, name: 'of the test' }
  await mutate(async (tx) => ({
    result: await insertSecrets(tx, organizationEncryption, server.operatorId),
    audit: { action: 'connection.updated', target },
  }))
  await server.send('POST', '/v1/encryption-keys/rotate', { body: { scope: 'organizations' } })
  await vi.waitFor(async () => {
    if (await isReEncryptionDue(db)) throw new Error('re-encryption is still due')
  }, 10_000)
  const storedSecrets = await readSecrets(db)
  const keys = await db.selectFrom('organizationKeys').selectAll().execute()
  const organizationKeys = keys.flatMap((key) =>
    key.encryptedKey === null
      ? []
      : [Buffer.from(rootEncryption.decrypt(key.encryptedKey, organizationKeyContext(key)))],
  )
  expect([storedSecrets.length, organizationKeys.length]).toEqual([5, 1])
  return Object.fromEntries([
    ...storedSecrets.map(({ context }) => [`the stored ${context.field}`, plaintextOf(context)]),
    ...organizationKeys.map((bytes) => ['the key of an organization', bytes]),
  ])
}

async function sendWrongSecret(secret: string): Promise<void> {
  const pair = { clientId: server.manager.clientId, clientSecret: secret }
  const form = { grant_type: 'client_credentials' }
  await server.send('POST', '/oauth/token', { as: pair, form })
  await server.send('GET', '/v1/credentials', { as: secret })
  await server.send('GET', `/v1/credentials?access_token=${secret}`, { as: null })
  await server.send('POST', '/v1/verify', { body: { authorization: `Bearer ${secret}` } })
  await server.send('POST', '/v1/verify', { body: `{"clientSecret":${secret}}` })
  await server.send('POST', '/v1/sessions', {
    as: null,
    body: { email: 'nobody@example.org', password: secret },
  })
  await server.send('POST', '/v1/invitations/accept', {
    as: null,
    body: { code: secret, password: secret },
  })
}

/** Returns the encodings and unkeyed digests of a secret. */
function encodings(secret: string | Buffer): Buffer[] {
  const bytes = Buffer.from(secret)
  const unkeyed = ['sha256', 'sha512', 'sha1', 'md5'].flatMap((algorithm) => {
    const digest = createHash(algorithm).update(bytes).digest()
    return [digest.toString('hex'), digest.toString('base64url'), digest.toString('base64')]
  })
  const texts = [
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    encodeURIComponent(bytes.toString('latin1')),
    ...unkeyed,
  ]
  return [bytes, ...texts.map((text) => Buffer.from(text))]
}

function secretsIn(haystack: Buffer): string[] {
  return [...secrets].flatMap(([name, secret]) =>
    encodings(secret).some((needle) => haystack.includes(needle)) ? [name] : [],
  )
}

describe('no secret is', () => {
  it('in a table, in any encoding, or as an unkeyed digest', async () => {
    const tables = await readTables(server)
    expect(tables['credential_secrets']?.length).toBeGreaterThan(3)
    expect(secretsIn(Buffer.from(JSON.stringify(tables)))).toEqual([])
    // The search finds a text that is in the tables.
    secrets.set('a hint', String(tables['credential_secrets']?.[0]?.['hint']))
    expect(secretsIn(Buffer.from(JSON.stringify(tables)))).toEqual(['a hint'])
    secrets.delete('a hint')
  })

  it('in any file of the data directory, except the root key in its own file', () => {
    const found = readdirSync(server.dataDirectory).flatMap((file) =>
      secretsIn(readFileSync(join(server.dataDirectory, file))).map((name) => `${file}: ${name}`),
    )
    expect(found).toEqual(['root.key: the root key', 'root.key: the bytes of the root key'])
  })

  it('in the log, even with every line written', () => {
    expect(server.logLines.length).toBeGreaterThan(10)
    expect(secretsIn(Buffer.from(server.logLines.join('')))).toEqual([])
  })
})

describe('a digest', () => {
  it('is keyed: the same secret has another digest in another installation', async () => {
    const other = await startTestServer({ setUp: false })
    try {
      const digests = [server, other].map(({ program }) =>
        program.systemContext('').digests.keyedDigest(PASSWORD),
      )
      expect(new Set(digests).size).toBe(2)
    } finally {
      await other.close()
    }
  })

  it('of a password is argon2id with its own salt', async () => {
    const { members = [] } = await readTables(server)
    const hashes = members.map((row) => row['password_hash']).filter((hash) => hash !== null)
    expect(hashes.length).toBeGreaterThan(1)
    for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$/)
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})
