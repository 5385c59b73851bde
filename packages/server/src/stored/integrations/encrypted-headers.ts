import { isJsonObject } from '@keyporter/protocol'
import type { EncryptionContext } from '../../encryption/envelope.ts'
import { DecryptionError } from '../../encryption/organization-encryption.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { baseBinding, baseFor } from './allowed-origins.ts'
import { type HeaderValues, noHeaderValues } from './headers.ts'
import type { StoredIntegration } from './rows.ts'

type Sealed = Pick<
  StoredIntegration,
  'id' | 'organizationId' | 'baseUrl' | 'auth' | 'encryptedHeaders' | 'headersVersion'
>

/**
 * Encrypts the values of an integration's secret headers, bound to its address. Returns null if
 * there are none.
 */
export async function sealHeaders(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  tx: Writer,
  integration: Omit<Sealed, 'encryptedHeaders'>,
  values: HeaderValues,
): Promise<string | null> {
  if (values.size === 0) return null
  const text = JSON.stringify({ boundTo: bindingOf(integration), values: [...values] })
  return organizationEncryption.encrypt(tx, new TextEncoder().encode(text), placeOf(integration))
}

/**
 * Returns the values of an integration's secret headers; undefined if they cannot be decrypted, or
 * were stored for another address.
 */
export async function openHeaders(
  { organizationEncryption }: Pick<Context, 'organizationEncryption'>,
  integration: Sealed,
): Promise<HeaderValues | undefined> {
  if (integration.encryptedHeaders === null) return noHeaderValues
  try {
    const bytes = await organizationEncryption.decrypt(
      integration.encryptedHeaders,
      placeOf(integration),
    )
    return readValues(new TextDecoder().decode(bytes), bindingOf(integration))
  } catch (error) {
    if (error instanceof DecryptionError) return undefined
    throw error
  }
}

function bindingOf({ baseUrl, auth }: Pick<Sealed, 'baseUrl' | 'auth'>): string {
  return baseBinding(baseFor(baseUrl, auth))
}

function placeOf({
  organizationId,
  id,
  headersVersion,
}: Omit<Sealed, 'encryptedHeaders'>): EncryptionContext {
  return { organization: organizationId, record: id, field: 'headers', version: headersVersion }
}

function readValues(text: string, binding: string): HeaderValues | undefined {
  const sealed: unknown = JSON.parse(text)
  if (!isJsonObject(sealed) || sealed['boundTo'] !== binding) return undefined
  const { values } = sealed
  if (!Array.isArray(values)) return undefined
  return new Map(
    values.flatMap((pair: unknown) => {
      const [name, value]: unknown[] = Array.isArray(pair) ? pair : []
      return typeof name === 'string' && typeof value === 'string' ? [[name, value] as const] : []
    }),
  )
}
