import { randomBytes } from 'node:crypto'
import { generateId } from '@keyporter/protocol'
import type { EncryptionContext } from '../../packages/server/src/encryption/envelope.ts'
import type { OrganizationEncryption } from '../../packages/server/src/encryption/organization-encryption.ts'
import type { Reader, Writer } from '../../packages/server/src/store/open.ts'

/** An encrypted value of an organization, and its encryption context. */
export type StoredSecret = { readonly encrypted: string; readonly context: EncryptionContext }

const NOW_MS = Date.parse('2027-03-01T12:00:00.000Z')

/** The text that {@link insertSecrets} encrypts, different for each encryption context. */
export function plaintextOf({ organization, record, field }: EncryptionContext): string {
  return `canary of ${organization}, ${record}, ${field}`
}

/**
 * Inserts one of each encrypted value of an organization into the store. Returns the connection's
 * ID.
 */
export async function insertSecrets(
  tx: Writer,
  organizationEncryption: Pick<OrganizationEncryption, 'encrypt'>,
  organizationId: string,
): Promise<string> {
  const [integrationId, connectionId] = [newId('intg'), newId('conn')]
  const encrypt = (record: string, field: string, version: number) => {
    const context = { organization: organizationId, record, field, version }
    return organizationEncryption.encrypt(tx, Buffer.from(plaintextOf(context)), context)
  }
  await tx
    .insertInto('integrations')
    .values({
      ...auditColumns,
      id: integrationId,
      organizationId,
      name: 'Mail',
      nameKey: 'mail',
      notes: '',
      baseUrl: 'https://mail.example.com',
      environment: 'production',
      organizationSpecific: 1,
      sharedFallback: 0,
      contentType: 'json',
      headers: '[]',
      encryptedHeaders: await encrypt(integrationId, 'headers', 2),
      headersVersion: 2,
      auth: '{}',
      kind: 'bearer',
      version: 5,
    })
    .execute()
  await tx
    .insertInto('connections')
    .values({
      ...auditColumns,
      id: connectionId,
      integrationId,
      owner: organizationId,
      organizationId,
      kind: 'bearer',
      auth: '{}',
      secrets: '["token"]',
      headers: '[]',
      encryptedSecrets: await encrypt(connectionId, 'values', 3),
      secretsVersion: 3,
      status: 'working',
      statusReason: null,
      expiresAt: null,
      testedAt: null,
      version: 4,
    })
    .execute()
  await tx
    .insertInto('upstreamTokens')
    .values({
      connectionId,
      organizationId,
      encryptedToken: await encrypt(connectionId, 'token', 7),
      expiresAt: null,
      encryptedRefreshToken: await encrypt(connectionId, 'refresh', 7),
      version: 7,
      claimedBy: null,
      claimedUntil: 0,
      fetchedAt: null,
    })
    .execute()
  const digest = randomBytes(32).toString('base64url')
  await tx
    .insertInto('upstreamConsents')
    .values({
      digest,
      connectionId,
      organizationId,
      memberId: null,
      encryptedVerifier: await encrypt(digest, 'verifier', 1),
      createdAt: NOW_MS,
      expiresAt: NOW_MS,
      usedAt: null,
    })
    .execute()
  return connectionId
}

/** Returns every encrypted value of the organizations. */
export async function readSecrets(db: Reader): Promise<readonly StoredSecret[]> {
  const integrations = await db.selectFrom('integrations').selectAll().execute()
  const connections = await db.selectFrom('connections').selectAll().execute()
  const tokens = await db.selectFrom('upstreamTokens').selectAll().execute()
  const consents = await db.selectFrom('upstreamConsents').selectAll().execute()
  const at = (row: { organizationId: string }, record: string, field: string, version: number) => ({
    organization: row.organizationId,
    record,
    field,
    version,
  })
  return [
    ...integrations.map((row) => ({
      encrypted: row.encryptedHeaders,
      context: at(row, row.id, 'headers', row.headersVersion),
    })),
    ...connections.map((row) => ({
      encrypted: row.encryptedSecrets,
      context: at(row, row.id, 'values', row.secretsVersion),
    })),
    ...tokens.map((row) => ({
      encrypted: row.encryptedToken,
      context: at(row, row.connectionId, 'token', row.version),
    })),
    ...tokens.map((row) => ({
      encrypted: row.encryptedRefreshToken,
      context: at(row, row.connectionId, 'refresh', row.version),
    })),
    ...consents.map((row) => ({
      encrypted: row.encryptedVerifier,
      context: at(row, row.digest, 'verifier', 1),
    })),
  ].flatMap(({ encrypted, context }) => (encrypted === null ? [] : [{ encrypted, context }]))
}

/** Returns the secrets of the values that do not decrypt to the original text. */
export async function findUndecryptable(
  organizationEncryption: Pick<OrganizationEncryption, 'decrypt'>,
  secrets: readonly StoredSecret[],
): Promise<string[]> {
  const undecryptable: string[] = []
  for (const { encrypted, context } of secrets) {
    const plaintext = await organizationEncryption
      .decrypt(encrypted, context)
      .catch(() => undefined)
    if (plaintext === undefined || Buffer.from(plaintext).toString() !== plaintextOf(context))
      undecryptable.push(plaintextOf(context))
  }
  return undecryptable
}

const auditColumns = {
  createdAt: NOW_MS,
  createdByType: 'system',
  createdById: null,
  createdByName: 'Test',
  updatedAt: NOW_MS,
  updatedByType: 'system',
  updatedById: null,
  updatedByName: 'Test',
}

function newId(kind: 'intg' | 'conn'): string {
  return generateId(kind, NOW_MS, randomBytes)
}
