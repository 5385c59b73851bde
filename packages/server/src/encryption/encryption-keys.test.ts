import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOrganization } from '../../../../test/support/credentials.ts'
import { listAuditEvents } from '../../../../test/support/people.ts'
import { startTestServer, type TestServer } from '../../../../test/support/server.ts'
import {
  findUndecryptable,
  insertSecrets,
  readSecrets,
  type StoredSecret,
} from '../../../../test/support/stored-secrets.ts'
import { organizationKeyContext } from './organization-key-rows.ts'
import { isReEncryptionDue } from './re-encrypt-all.ts'

let server: TestServer
let own: string
let other: string
beforeAll(async () => {
  server = await startTestServer()
  own = server.operatorId
  other = (await createOrganization(server, 'Other')).id
  for (const organizationId of [own, other, other]) await insertAll(organizationId)
})
afterAll(() => server.close())

const context = () => server.program.systemContext(server.operatorId)

/** Inserts one row of each encrypted column for an organization. */
const insertAll = (organizationId: string) =>
  context().mutate(async (tx) => ({
    result: await insertSecrets(tx, context().organizationEncryption, organizationId),
    audit: {
      action: 'connection.updated',
      target: { type: 'connection', id: null, name: 'of the test' },
    },
  }))

const ofOrganization = (organizationId: string, secrets: readonly StoredSecret[]) =>
  secrets.filter((secret) => secret.context.organization === organizationId)
const countLost = async (organizationId: string) => {
  const secrets = ofOrganization(organizationId, await readSecrets(context().db))
  return (await findUndecryptable(context().organizationEncryption, secrets)).length
}
async function reEncrypted(): Promise<void> {
  await expect.poll(() => isReEncryptionDue(context().db)).toBe(false)
}

const status = async (query = '') => (await server.send('GET', `/v1/encryption-keys${query}`)).body
const rotate = (body: object) => server.send('POST', '/v1/encryption-keys/rotate', { body })
const destroy = (body: object) => server.send('POST', '/v1/encryption-keys/destroy', { body })

async function slugOf(organizationId: string): Promise<string> {
  return (await server.send('GET', `/v1/organizations/${organizationId}`)).body.slug
}

describe('rotating organization keys', () => {
  it('re-encrypts all secrets of the organization, destroys the previous key, and leaves other organizations unchanged', async () => {
    const before = await readSecrets(context().db)
    const response = await rotate({ scope: 'organizations', organizationId: other })
    // The state right after the rotation, even when the re-encryption completes before the
    // response.
    expect([response.status, response.body.organizationKeys]).toStrictEqual([
      200,
      { current: 0, retired: 1 },
    ])
    await reEncrypted()
    const after = await readSecrets(context().db)
    expect(ofOrganization(own, after)).toStrictEqual(ofOrganization(own, before))
    const ciphertexts = new Set(ofOrganization(other, before).map(({ encrypted }) => encrypted))
    expect(
      ofOrganization(other, after).filter(({ encrypted }) => ciphertexts.has(encrypted)),
    ).toStrictEqual([])
    expect([after.length, await countLost(own), await countLost(other)]).toStrictEqual([15, 0, 0])
    expect((await status(`?organizationId=${other}`)).organizationKeys).toStrictEqual({
      current: 1,
      retired: 0,
    })
    // The previous key is destroyed: ciphertexts of an old backup cannot be decrypted.
    await server.restart()
    expect(
      await findUndecryptable(context().organizationEncryption, ofOrganization(other, before)),
    ).toHaveLength(10)
  })

  it('changes no public version and invalidates every cache', async () => {
    const { db } = context()
    const versions = () =>
      db.selectFrom('connections').select(['id', 'version']).orderBy('id').execute()
    const before = await versions()
    const told = await db.selectFrom('changes').selectAll().orderBy('seq').execute()
    await rotate({ scope: 'organizations' })
    await reEncrypted()
    expect(await versions()).toStrictEqual(before)
    const changes = await db
      .selectFrom('changes')
      .selectAll()
      .where('seq', '>', told.at(-1)?.seq ?? 0)
      .execute()
    for (const kind of ['connection.changed', 'integration.changed', 'upstream_token.changed'])
      expect(changes.filter((change) => change.kind === kind).length).toBeGreaterThanOrEqual(3)
    expect([await countLost(own), await countLost(other)]).toStrictEqual([0, 0])
  })

  it('keeps an altered ciphertext, and its key for an intact backup', async () => {
    const third = (await createOrganization(server, 'Third')).id
    const connectionId = await insertAll(third)
    const { db } = context()
    const { encryptedSecrets = '' } =
      (await db
        .selectFrom('connections')
        .select('encryptedSecrets')
        .where('id', '=', connectionId)
        .executeTakeFirst()) ?? {}
    const write = (text: string) =>
      context().mutate(async (tx) => ({
        result: await tx
          .updateTable('connections')
          .set({ encryptedSecrets: text })
          .where('id', '=', connectionId)
          .execute(),
        audit: {
          action: 'connection.updated',
          target: { type: 'connection', id: null, name: 'x' },
        },
      }))
    await write(`${encryptedSecrets?.slice(0, -2)}AA`)
    await rotate({ scope: 'organizations', organizationId: third })
    await expect.poll(async () => countLost(third).catch(() => -1)).toBe(1)
    expect((await status(`?organizationId=${third}`)).organizationKeys.retired).toBe(1)
    await write(encryptedSecrets ?? '')
    expect(await countLost(third)).toBe(0)
    await rotate({ scope: 'organizations', organizationId: third })
    await reEncrypted()
    expect(await countLost(third)).toBe(0)
  })

  it('is recorded in the logs of the operator and of the organization, including the destroyed keys', async () => {
    const events = await listAuditEvents(server, 'organization_key.rotated')
    expect(events[0]).toMatchObject({ actor: { type: 'credential' } })
    const theirs = await server.send('GET', `/v1/audit-events?organizationId=${other}`)
    const actions = theirs.body.data.map(({ action }: { action: string }) => action)
    expect(actions).toContain('organization_key.rotated')
    expect(actions).toContain('organization_key.destroyed')
  })
})

describe('rotating the root key', () => {
  it('re-encrypts every key under the next root key and reports when the previous one is no longer needed', async () => {
    const before = (await status()).rootKey
    expect(before).toMatchObject({ previousId: null, remaining: 0 })
    const kept = await readRootCiphertexts()
    addRootKey()
    const response = await rotate({ scope: 'root' })
    expect(response.body.rootKey).toMatchObject({ previousId: before.id, nextId: null })
    expect(response.body.rootKey.remaining).toBeGreaterThan(0)
    await reEncrypted()
    const after = (await status()).rootKey
    expect(after).toStrictEqual({
      id: response.body.rootKey.id,
      nextId: null,
      previousId: null,
      remaining: 0,
    })
    expect(after.id).not.toBe(before.id)
    const now = await readRootCiphertexts()
    expect(now.length).toBe(kept.length)
    for (const text of now) expect(keyIdOf(text)).toBe(after.id)
    expect([await countLost(own), await countLost(other)]).toStrictEqual([0, 0])
    const token = await server.send('POST', '/oauth/token', {
      form: { grant_type: 'client_credentials' },
    })
    expect(token.status).toBe(200)
    const [event] = await listAuditEvents(server, 'root_key.retired')
    expect(event).toMatchObject({ actor: { type: 'system' }, target: { id: before.id } })
  })

  it('starts only after the previous rotation is complete, and only with a newer key', async () => {
    if (server.databaseUrl !== undefined) {
      const none = await rotate({ scope: 'root' })
      expect([none.status, none.body.code]).toStrictEqual([409, 'root_key_missing'])
    }
    addRootKey()
    const responses = await Promise.all([1, 2, 3].map(() => rotate({ scope: 'root' })))
    expect(responses.filter(({ status: code }) => code === 200).length).toBeGreaterThan(0)
    for (const { status: code, body } of responses)
      if (code !== 200) expect(['already_exists', 'root_key_missing']).toContain(body.code)
    await reEncrypted()
    expect(await countLost(own)).toBe(0)
  })

  it('is rejected for a single organization', async () => {
    const { status: code, body } = await rotate({ scope: 'root', organizationId: own })
    expect([code, body.errors[0].pointer]).toStrictEqual([400, '/organizationId'])
  })
})

describe('destroying the keys of an organization', () => {
  it('requires the slug of the organization and an operator', async () => {
    const wrong = await destroy({ organizationId: other, confirm: 'acme' })
    expect([wrong.status, wrong.body.errors[0].pointer]).toStrictEqual([400, '/confirm'])
    const never = await destroy({ organizationId: 'org_01jd0000000000000000000000', confirm: 'x' })
    expect(never.status).toBe(404)
    const { manager } = await createOrganization(server, 'Stranger')
    for (const path of ['rotate', 'destroy']) {
      const body = { rotate: { scope: 'root' }, destroy: { organizationId: own, confirm: 'acme' } }[
        path
      ]
      const response = await server.send('POST', `/v1/encryption-keys/${path}`, {
        as: manager,
        body,
      })
      expect([response.status, response.body.code]).toStrictEqual([403, 'operator_only'])
    }
    expect(await countLost(other)).toBe(0)
  })

  it('makes only its secrets undecryptable at once, and marks its connections', async () => {
    expect(await countLost(other)).toBe(0)
    const response = await destroy({ organizationId: other, confirm: await slugOf(other) })
    expect(response.body).toStrictEqual({ organizationId: other, keys: 1, connections: 2 })
    expect([await countLost(own), await countLost(other)]).toStrictEqual([0, 10])
    const connections = await context()
      .db.selectFrom('connections')
      .select(['status', 'statusReason', 'version'])
      .where('organizationId', '=', other)
      .execute()
    for (const row of connections)
      expect(row).toStrictEqual({
        status: 'needs_attention',
        statusReason: 'undecryptable',
        version: 5,
      })
    const events = await listAuditEvents(server, 'organization.keys_destroyed')
    expect(events[0]).toMatchObject({ actor: { type: 'credential' }, target: { id: other } })
    await server.restart()
    expect([await countLost(own), await countLost(other)]).toStrictEqual([0, 10])
  })
})

/**
 * Adds a newer root key for this start and the next one. With SQLite the server creates its own.
 */
function addRootKey(): void {
  if (server.databaseUrl === undefined) return
  const key = randomBytes(32)
  context().rootEncryption.addKey(key)
  writeFileSync(join(server.dataDirectory, 'root.key'), key.toString('base64url'))
}

function keyIdOf(ciphertext: string): string {
  const header = Buffer.from(ciphertext.split('.')[0] ?? '', 'base64url').toString()
  return JSON.parse(header).kid
}

/** Returns all ciphertexts under the root key. */
async function readRootCiphertexts(): Promise<string[]> {
  const { db, rootEncryption } = context()
  const settings = await db.selectFrom('settings').selectAll().execute()
  const signing = await db.selectFrom('signingKeys').select('encryptedPrivateKey').execute()
  const keys = await db.selectFrom('organizationKeys').selectAll().execute()
  for (const key of keys)
    if (key.encryptedKey !== null)
      expect(rootEncryption.decrypt(key.encryptedKey, organizationKeyContext(key))).toHaveLength(32)
  return [
    ...settings.map(({ value }) => value),
    ...signing.map(({ encryptedPrivateKey }) => encryptedPrivateKey),
    ...keys.map(({ encryptedKey }) => encryptedKey),
  ].flatMap((text) => text ?? [])
}
