import type { StoredConnection } from './connection-rows.ts'
import { type SealedValues, sameValues } from './connection-secrets.ts'
import type { DecidedConnection } from './decide-put-connection.ts'

/** What is known of a connection, and whether what was had for its values is still good. */
export type Standing = Pick<StoredConnection, 'status' | 'statusReason' | 'testedAt'> & {
  readonly keepsTokens: boolean
}

/**
 * How a connection stands once values are given: as before where nothing is new; else nobody has tried it,
 * and where a person has to sign in, that is what it needs.
 */
export function standingAfter(
  { auth, headers, values }: DecidedConnection,
  {
    before,
    stored,
  }: {
    readonly before: StoredConnection | undefined
    readonly stored: SealedValues | undefined
  },
): Standing {
  const sameAuth =
    before !== undefined &&
    stored !== undefined &&
    JSON.stringify(auth) === JSON.stringify(before.auth) &&
    sameValues({ ...values, headers: stored.headers }, stored)
  if (!sameAuth) {
    const needsConsent = auth.kind === 'oauth2_authorization_code'
    return {
      status: needsConsent ? 'needs_attention' : 'untested',
      statusReason: needsConsent ? 'consent_required' : null,
      testedAt: null,
      keepsTokens: false,
    }
  }
  const { status, statusReason, testedAt } = before
  const sameHeaders =
    JSON.stringify(headers) === JSON.stringify(before.headers) && sameValues(values, stored)
  if (sameHeaders || status !== 'working')
    return { status, statusReason, testedAt, keepsTokens: true }
  return { status: 'untested', statusReason: null, testedAt: null, keepsTokens: true }
}
