import type { Environment } from '@keyporter/protocol'
import type { Reader } from '../../store/open.ts'

/** A secret of a credential, as verification needs it. */
export type SecretSnapshot = {
  readonly id: string
  readonly digest: string
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}

/** What the store knows of a credential, as verification needs it. */
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

/** By what a credential can be looked up. Whose it is, is part of the answer. */
export type RegistryKey =
  | { readonly by: 'clientId'; readonly value: string }
  | { readonly by: 'digest'; readonly value: string }
  | { readonly by: 'id'; readonly value: string }

/** Reads one credential with its secrets, by any of its keys; across organizations, for the hot paths alone. */
export async function readCredentialSnapshot(
  db: Reader,
  key: RegistryKey,
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
  // The secrets are asked for in any case: an unknown client costs as many reads as a known one.
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
