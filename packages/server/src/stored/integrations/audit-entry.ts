import { auditedFields } from '@keyporter/contract'
import { formatInstant } from '@keyporter/protocol'
import { type Changes, describeChange } from '../../kernel/audit-diff.ts'
import type { ConnectionColumns } from './connection-rows.ts'
import type { ConnectionSecrets } from './connection-secrets.ts'
import type { HeaderValues, StoredHeader } from './headers.ts'
import type { IntegrationColumns } from './rows.ts'

/** A resource with its secrets, which the audit log compares but does not record. */
type WithSecrets<T, S> = { readonly stored: T; readonly secrets: S | undefined }

/** Returns the changes of an integration. `before` is undefined for a new one. */
export function describeIntegration(
  before: WithSecrets<IntegrationColumns, HeaderValues> | undefined,
  after: WithSecrets<IntegrationColumns, HeaderValues>,
): Changes {
  const readable = ({ stored, secrets }: typeof after) => ({
    ...stored,
    headers: withValues(stored.headers, secrets),
  })
  return describeChange(before && readable(before), readable(after), auditedFields.integration)
}

/** Returns the changes of a connection. `before` is undefined for a new one. */
export function describeConnection(
  before: WithSecrets<ConnectionColumns, ConnectionSecrets> | undefined,
  after: WithSecrets<ConnectionColumns, ConnectionSecrets>,
): Changes {
  const readable = ({ stored, secrets }: typeof after) => ({
    auth: stored.auth,
    expiresAt: stored.expiresAt === null ? null : formatInstant(stored.expiresAt),
    headers: withValues(stored.headers, secrets?.headers),
    secrets: stored.secretNames.map((name) => ({ name, value: secrets?.fields.get(name) })),
  })
  return describeChange(before && readable(before), readable(after), auditedFields.connection)
}

/** Returns the name of a connection in the audit log. */
export function connectionName({ name }: IntegrationColumns, owner: string): string {
  return `${name} (${owner})`
}

function withValues(headers: readonly StoredHeader[], values: HeaderValues | undefined) {
  return headers.map((header) =>
    header.secret ? { ...header, value: values?.get(header.name.toLowerCase()) ?? null } : header,
  )
}
