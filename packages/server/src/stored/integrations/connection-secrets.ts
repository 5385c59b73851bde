import { isJsonObject } from '@keyporter/protocol'
import type { EncryptionContext } from '../../encryption/envelope.ts'
import { DecryptionError } from '../../encryption/organization-encryption.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { findConnection, type StoredConnection } from './connection-rows.ts'
import type { HeaderValues } from './headers.ts'
import type { SecretDestinations } from './secret-destinations.ts'

/** The encrypted part of a connection. */
export type ConnectionSecrets = {
  /** The addresses that the secrets may be sent to. */
  readonly destinations: SecretDestinations
  /** The secret fields of the authentication type. */
  readonly fields: ReadonlyMap<string, unknown>
  /** The values of the secret headers. */
  readonly headers: HeaderValues
}

type SecretsRow = Pick<StoredConnection, 'organizationId' | 'id' | 'secretsVersion'>

/**
 * Encrypts the secrets of a connection with the key of its organization, bound to this row and
 * version.
 */
export async function encryptSecrets(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  tx: Writer,
  row: SecretsRow,
  secrets: ConnectionSecrets,
): Promise<string> {
  return organizationEncryption.encrypt(
    tx,
    new TextEncoder().encode(serialize(secrets)),
    contextOf(row),
  )
}

/**
 * Returns a connection with its secrets; the secrets are undefined if they were deleted or cannot
 * be decrypted.
 */
export async function findDecrypted(
  deps: Pick<Context, 'db' | 'organizationEncryption'>,
  integrationId: string,
  owner: string,
): Promise<
  | { readonly connection: StoredConnection; readonly secrets: ConnectionSecrets | undefined }
  | undefined
> {
  const connection = await findConnection(deps.db, integrationId, owner)
  if (connection === undefined) return undefined
  const secrets = await decryptSecrets(deps, connection)
  if (secrets !== undefined || connection.encryptedSecrets === null) return { connection, secrets }
  // A key rotation may have re-encrypted the secrets between the read and the decryption.
  const again = await findConnection(deps.db, integrationId, owner)
  return again && { connection: again, secrets: await decryptSecrets(deps, again) }
}

/** Whether two sets of secrets are equal. */
export function sameSecrets(some: ConnectionSecrets, others: ConnectionSecrets): boolean {
  return serialize(some) === serialize(others)
}

async function decryptSecrets(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  { encryptedSecrets, ...row }: SecretsRow & Pick<StoredConnection, 'encryptedSecrets'>,
): Promise<ConnectionSecrets | undefined> {
  if (encryptedSecrets === null) return undefined
  try {
    return parse(
      new TextDecoder().decode(
        await organizationEncryption.decrypt(encryptedSecrets, contextOf(row)),
      ),
    )
  } catch (error) {
    if (error instanceof DecryptionError) return undefined
    throw error
  }
}

function contextOf({ organizationId, id, secretsVersion }: SecretsRow): EncryptionContext {
  return { organization: organizationId, record: id, field: 'values', version: secretsVersion }
}

function serialize({ destinations, fields, headers }: ConnectionSecrets): string {
  return JSON.stringify({ boundTo: destinations, fields: [...fields], headers: [...headers] })
}

function parse(text: string): ConnectionSecrets {
  const value: unknown = JSON.parse(text)
  if (!isJsonObject(value))
    throw new TypeError('The decrypted secrets of a connection do not parse')
  const { boundTo, fields, headers } = value
  return {
    destinations: asList(boundTo).filter((one) => typeof one === 'string'),
    fields: new Map(pairs(fields)),
    headers: new Map(
      pairs(headers).flatMap(([name, one]) =>
        typeof one === 'string' ? [[name, one] as const] : [],
      ),
    ),
  }
}

function pairs(value: unknown): readonly (readonly [string, unknown])[] {
  return asList(value).flatMap((pair) => {
    const [name, one]: readonly unknown[] = asList(pair)
    return typeof name === 'string' ? [[name, one] as const] : []
  })
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
