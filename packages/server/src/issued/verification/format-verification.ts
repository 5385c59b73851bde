import { formatInstant } from '@keyporter/protocol'
import type { CachedCredential, RejectionCode } from '../credentials/index.ts'

/** The decision of a verification. */
export type Verification = ValidVerification | RejectedVerification

type ValidVerification = {
  readonly code: 'valid'
  readonly credential: CachedCredential
  /** Undefined for an access token. */
  readonly secretId: string | undefined
  /** The permissions that the credential or the access token has. */
  readonly granted: readonly string[]
  /** The permissions that the request needs. */
  readonly needed: readonly string[]
  readonly expiresAtMs: number
}

/** The members other than `code` are known when the credential is authenticated and visible to the caller. */
type RejectedVerification = {
  readonly code: RejectionCode
  readonly credential?: CachedCredential | undefined
  readonly secretId?: string | undefined
  readonly granted?: readonly string[]
  readonly missing?: readonly string[] | undefined
  readonly expiresAtMs?: number
}

/** Returns the response of `POST /v1/verify` as JSON. */
export function formatVerification(verification: Verification): string {
  return verification.code === 'valid' ? formatValid(verification) : formatAny(verification)
}

/**
 * Builds the most frequent response from a template and precomputed parts. Ids and codes need no escaping. The result
 * equals that of {@link formatAny}.
 */
function formatValid({ credential, granted, expiresAtMs }: ValidVerification): string {
  const permissions =
    granted === credential.granted ? credential.grantedJson : JSON.stringify(granted)
  const expiresAt =
    expiresAtMs === credential.expiresAt ? credential.expiresAtText : formatInstant(expiresAtMs)
  const { id, clientId, organizationId, environment } = credential
  return (
    `{"valid":true,"code":"valid","credentialId":"${id}","clientId":"${clientId}",` +
    `"organizationId":"${organizationId}","environment":"${environment}",` +
    `"permissions":${permissions},"expiresAt":"${expiresAt}"}`
  )
}

/** Formats every verification. Omits unknown members. */
export function formatAny(verification: Verification): string {
  const { code, credential, granted, expiresAtMs } = verification
  return JSON.stringify({
    valid: code === 'valid',
    code,
    credentialId: credential?.id,
    clientId: credential?.clientId,
    organizationId: credential?.organizationId,
    environment: credential?.environment,
    permissions: granted,
    missingPermissions: verification.code === 'valid' ? undefined : verification.missing,
    expiresAt: expiresAtMs === undefined ? undefined : formatInstant(expiresAtMs),
  })
}
