import type { Output, routes } from '@keyporter/contract'
import { formatInstant } from '@keyporter/protocol'
import type { StoredConnection } from './connection-rows.ts'
import { SHARED } from './connection-rows.ts'

/** A connection as returned by the API, with the version for its `ETag`. It contains no secret. */
export type ConnectionResource = Output<typeof routes.connections.put>

/** Returns a connection as the API returns it. */
export function toResource(connection: StoredConnection): ConnectionResource {
  const { owner } = connection
  return {
    id: connection.id,
    integrationId: connection.integrationId,
    organizationId: owner === SHARED ? null : owner,
    organizationName: connection.organizationName,
    kind: connection.kind,
    auth: connection.auth,
    secrets: [...connection.secretNames],
    headers: [...connection.headers],
    status: connection.status,
    statusReason: connection.statusReason,
    expiresAt: instantOrNull(connection.expiresAt),
    tokenExpiresAt: instantOrNull(connection.tokenExpiresAt),
    testedAt: instantOrNull(connection.testedAt),
    lastUsedAt: instantOrNull(connection.lastUsedAt),
    createdAt: formatInstant(connection.createdAt),
    createdBy: connection.createdBy,
    updatedAt: formatInstant(connection.updatedAt),
    updatedBy: connection.updatedBy,
    version: connection.version,
  }
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms)
}
