import { isJsonObject } from '@keyporter/protocol'
import type { EncryptionContext } from '../../encryption/envelope.ts'
import { DecryptionError } from '../../encryption/organization-encryption.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { type HeaderValues, noHeaderValues } from './headers.ts'
import type { StoredIntegration } from './rows.ts'
import { baseDestination, baseFor } from './secret-destinations.ts'

type IntegrationHeaders = Pick<
  StoredIntegration,
  'id' | 'organizationId' | 'baseUrl' | 'auth' | 'encryptedHeaders' | 'headersVersion'
>

/**
 * Encrypts the values of an integration's secret headers, bound to its address. Returns null if
 * there are none.
 */
export async function encryptHeaders(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  tx: Writer,
  integration: Omit<IntegrationHeaders, 'encryptedHeaders'>,
  values: HeaderValues,
): Promise<string | null> {
  if (values.size === 0) return null
  const text = JSON.stringify({ boundTo: destinationOf(integration), values: [...values] })
  return organizationEncryption.encrypt(tx, new TextEncoder().encode(text), contextOf(integration))
}

/**
 * Returns the values of an integration's secret headers; undefined if they cannot be decrypted, or
 * were stored for another address.
 */
export async function decryptHeaders(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  integration: IntegrationHeaders,
): Promise<HeaderValues | undefined> {
  if (integration.encryptedHeaders === null) return noHeaderValues
  try {
    const bytes = await organizationEncryption.decrypt(
      integration.encryptedHeaders,
      contextOf(integration),
    )
    return parseValues(new TextDecoder().decode(bytes), destinationOf(integration))
  } catch (error) {
    if (error instanceof DecryptionError) return undefined
    throw error
  }
}

function destinationOf({ baseUrl, auth }: Pick<IntegrationHeaders, 'baseUrl' | 'auth'>): string {
  return baseDestination(baseFor(baseUrl, auth))
}

function contextOf({
  organizationId,
  id,
  headersVersion,
}: Omit<IntegrationHeaders, 'encryptedHeaders'>): EncryptionContext {
  return { organization: organizationId, record: id, field: 'headers', version: headersVersion }
}

function parseValues(text: string, expectedBase: string): HeaderValues | undefined {
  const stored: unknown = JSON.parse(text)
  if (!isJsonObject(stored) || stored['boundTo'] !== expectedBase) return undefined
  const { values } = stored
  if (!Array.isArray(values)) return undefined
  return new Map(
    values.flatMap((pair: unknown) => {
      const [name, value]: unknown[] = Array.isArray(pair) ? pair : []
      return typeof name === 'string' && typeof value === 'string' ? [[name, value] as const] : []
    }),
  )
}
