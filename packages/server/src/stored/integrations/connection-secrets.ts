import { isJsonObject } from '@keyporter/protocol'
import type { EncryptionContext } from '../../encryption/envelope.ts'
import { DecryptionError } from '../../encryption/organization-encryption.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import type { Bindings } from './allowed-origins.ts'
import { findConnection, type StoredConnection } from './connection-rows.ts'
import type { HeaderValues } from './headers.ts'

/** The encrypted part of a connection. */
export type SealedValues = {
  /** The addresses that the secrets may be sent to. */
  readonly boundTo: Bindings
  /** The secret fields of the authentication type. */
  readonly fields: ReadonlyMap<string, unknown>
  /** The values of the secret headers. */
  readonly headers: HeaderValues
}

type Place = Pick<StoredConnection, 'organizationId' | 'id' | 'secretsVersion'>

/**
 * Encrypts the secrets of a connection with the key of its organization, bound to this row and
 * version.
 */
export async function sealValues(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  tx: Writer,
  place: Place,
  values: SealedValues,
): Promise<string> {
  return organizationEncryption.encrypt(
    tx,
    new TextEncoder().encode(textOf(values)),
    placeOf(place),
  )
}

/**
 * Returns a connection with its secrets; the secrets are undefined if they were deleted or cannot
 * be decrypted.
 */
export async function findOpened(
  deps: Pick<Context, 'db' | 'organizationEncryption'>,
  integrationId: string,
  owner: string,
): Promise<
  { readonly connection: StoredConnection; readonly values: SealedValues | undefined } | undefined
> {
  const connection = await findConnection(deps.db, integrationId, owner)
  if (connection === undefined) return undefined
  const values = await openValues(deps, connection)
  if (values !== undefined || connection.encryptedSecrets === null) return { connection, values }
  // A key rotation may have re-encrypted the secrets between the read and the decryption.
  const again = await findConnection(deps.db, integrationId, owner)
  return again && { connection: again, values: await openValues(deps, again) }
}

/** Whether two sets of secrets are equal. */
export function sameValues(some: SealedValues, others: SealedValues): boolean {
  return textOf(some) === textOf(others)
}

async function openValues(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  { encryptedSecrets, ...place }: Place & Pick<StoredConnection, 'encryptedSecrets'>,
): Promise<SealedValues | undefined> {
  if (encryptedSecrets === null) return undefined
  try {
    return parse(
      new TextDecoder().decode(
        await organizationEncryption.decrypt(encryptedSecrets, placeOf(place)),
      ),
    )
  } catch (error) {
    if (error instanceof DecryptionError) return undefined
    throw error
  }
}

function placeOf({ organizationId, id, secretsVersion }: Place): EncryptionContext {
  return { organization: organizationId, record: id, field: 'values', version: secretsVersion }
}

function textOf({ boundTo, fields, headers }: SealedValues): string {
  return JSON.stringify({ boundTo, fields: [...fields], headers: [...headers] })
}

function parse(text: string): SealedValues {
  const value: unknown = JSON.parse(text)
  if (!isJsonObject(value))
    throw new TypeError('The decrypted secrets of a connection do not parse')
  const { boundTo, fields, headers } = value
  return {
    boundTo: asList(boundTo).filter((one) => typeof one === 'string'),
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
