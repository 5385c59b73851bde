import type { Writer } from '../../store/open.ts'
import { type StatusReason, setStatus } from '../integrations/index.ts'
import { type ResolvedConnection, secretsVersionOf } from './resolved-connection.ts'

/** The health of a connection, as observed by a connection check or a token request. */
export type ConnectionHealth = {
  readonly atMs: number
  /** Whether a person started a connection check; only then `testedAt` changes. */
  readonly tested: boolean
} & (
  | { readonly status: 'working' }
  | { readonly status: 'needs_attention'; readonly statusReason: StatusReason }
)

/**
 * Stores the health of a connection in the caller's transaction. Returns the ID of the connection
 * for the audit entry of the caller. Stores nothing and returns no ID if the connection has no
 * secrets, or if the secrets were replaced after the lookup. The version of the connection stays
 * the same, because no person changed it.
 */
export async function recordHealth(
  tx: Writer,
  { connectionId, version }: Pick<ResolvedConnection, 'connectionId' | 'version'>,
  health: ConnectionHealth,
): Promise<readonly string[]> {
  if (connectionId === null) return []
  const { status, tested, atMs } = health
  const isStored = await setStatus(tx, connectionId, {
    secretsVersion: secretsVersionOf(version),
    status,
    statusReason: status === 'working' ? null : health.statusReason,
    ...(tested ? { testedAt: atMs } : {}),
  })
  return isStored ? [connectionId] : []
}
