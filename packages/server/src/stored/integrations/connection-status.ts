import { needsConsent } from '@keyporter/protocol'
import type { StoredConnection } from './connection-rows.ts'
import { type ConnectionSecrets, sameSecrets } from './connection-secrets.ts'
import type { DecidedConnection } from './decide-put-connection.ts'

/** The status of a connection, and whether its tokens stay valid. */
export type StatusAfterPut = Pick<StoredConnection, 'status' | 'statusReason' | 'testedAt'> & {
  readonly keepsTokens: boolean
}

/**
 * Returns the status of a connection after a write of its credentials: unchanged if the credentials
 * are equal; otherwise `untested`, or `needs_attention` if a consent is required.
 */
export function statusAfterPut(
  { auth, headers, plaintext }: DecidedConnection,
  {
    before,
    stored,
  }: {
    readonly before: StoredConnection | undefined
    readonly stored: ConnectionSecrets | undefined
  },
): StatusAfterPut {
  const sameAuth =
    before !== undefined &&
    stored !== undefined &&
    JSON.stringify(auth) === JSON.stringify(before.auth) &&
    sameSecrets({ ...plaintext, headers: stored.headers }, stored)
  if (!sameAuth) {
    const isConsentRequired = needsConsent(auth.kind)
    return {
      status: isConsentRequired ? 'needs_attention' : 'untested',
      statusReason: isConsentRequired ? 'consent_required' : null,
      testedAt: null,
      keepsTokens: false,
    }
  }
  const { status, statusReason, testedAt } = before
  const sameHeaders =
    JSON.stringify(headers) === JSON.stringify(before.headers) && sameSecrets(plaintext, stored)
  if (sameHeaders || status !== 'working')
    return { status, statusReason, testedAt, keepsTokens: true }
  return { status: 'untested', statusReason: null, testedAt: null, keepsTokens: true }
}
