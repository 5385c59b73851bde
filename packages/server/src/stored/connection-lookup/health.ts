import type { Change } from '../../store/change-feed.ts'
import type { Writer } from '../../store/open.ts'
import { type StatusReason, setStatus } from '../integrations/index.ts'
import type { ResolvedConnection } from './resolved.ts'
import { sealedVersionOf } from './version.ts'

/** What a test, a call or a request for a token found out about a connection. */
export type Finding = {
  readonly atMs: number
  /** Whether a person asked for a test: it is shown when that was. */
  readonly tested: boolean
} & (
  | { readonly status: 'working' }
  | { readonly status: 'needs_attention'; readonly statusReason: StatusReason }
)

/**
 * Notes a finding in the transaction of the caller, who audits it and returns these changes. Does nothing
 * where there are no values, or where they have been given anew since they were looked up. It is no change
 * of the connection by somebody: its version stays.
 */
export async function noteFinding(
  tx: Writer,
  { connectionId, ownerId, stamp }: Pick<ResolvedConnection, 'connectionId' | 'ownerId' | 'stamp'>,
  finding: Finding,
): Promise<readonly Change[]> {
  if (connectionId === null) return []
  const { status, tested, atMs } = finding
  const isNoted = await setStatus(tx, connectionId, {
    sealedVersion: sealedVersionOf(stamp),
    status,
    statusReason: status === 'working' ? null : finding.statusReason,
    ...(tested ? { testedAt: atMs } : {}),
  })
  if (!isNoted) return []
  return [{ kind: 'connection.changed', organizationId: ownerId, subjectId: connectionId }]
}
