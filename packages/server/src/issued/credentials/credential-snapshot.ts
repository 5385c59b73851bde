import type { Environment } from '@keyporter/protocol'
import type { Reader } from '../../store/open.ts'

/** The columns of a secret that authentication needs. */
export type SecretSnapshot = {
  readonly id: string
  readonly digest: string
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}

/** The columns of a credential that authentication needs. */
export type CredentialSnapshot = {
  readonly id: string
  readonly clientId: string
  readonly name: string
  readonly organizationId: string
  readonly operator: boolean
  readonly apiId: string
  readonly environment: Environment
  readonly kind: 'scoped' | 'full_access'
  readonly permissions: readonly string[]
  readonly expiresAt: number
  readonly suspendedAt: number | null
  readonly revokedAt: number | null
  readonly secrets: readonly SecretSnapshot[]
}

/** A lookup key. It is unique across organizations; the result names the organization. */
export type CredentialKey =
  | { readonly by: 'clientId'; readonly value: string }
  | { readonly by: 'digest'; readonly value: string }
  | { readonly by: 'id'; readonly value: string }

/** Reads a credential with its secrets. Not scoped to an organization: for authentication only. */
export async function readCredentialSnapshot(
  db: Reader,
  key: CredentialKey,
): Promise<CredentialSnapshot | undefined> {
  const id = key.by === 'digest' ? await findIdByDigest(db, key.value) : key.value
  if (id === undefined) return undefined
  const row = await db
    .selectFrom('credentials')
    .innerJoin('organizations', 'organizations.id', 'credentials.organizationId')
    .select([
      'credentials.id',
      'credentials.clientId',
      'credentials.name',
      'credentials.organizationId',
      'organizations.operator',
      'credentials.apiId',
      'credentials.environment',
      'credentials.kind',
      'credentials.permissions',
      'credentials.expiresAt',
      'credentials.suspendedAt',
      'credentials.revokedAt',
    ])
    .where(key.by === 'clientId' ? 'credentials.clientId' : 'credentials.id', '=', id)
    .executeTakeFirst()
  // Query the secrets of an unknown client too, so that both cases take the same time.
  const secrets = await db
    .selectFrom('credentialSecrets')
    .select(['id', 'digest', 'expiresAt', 'revokedAt'])
    .where('credentialId', '=', row?.id ?? '')
    .execute()
  if (row === undefined) return undefined
  return {
    ...row,
    operator: row.operator === 1,
    environment: row.environment === 'test' ? 'test' : 'production',
    kind: row.kind === 'full_access' ? 'full_access' : 'scoped',
    permissions: parseNames(row.permissions),
    secrets,
  }
}

async function findIdByDigest(db: Reader, digest: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('credentialSecrets')
    .select('credentialId')
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row?.credentialId
}

function parseNames(json: string): readonly string[] {
  const value: unknown = JSON.parse(json)
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
}
