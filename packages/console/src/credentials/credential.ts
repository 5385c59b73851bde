import type { ResponseBody, routes } from '@keyporter/contract'

/** An API credential, as the management API returns it. */
export type Credential = ResponseBody<typeof routes.credentials.get>

/** The status of a credential. */
export type CredentialStatus = Credential['status']

/** A warning about a credential. */
export type CredentialWarning = Credential['warnings'][number]

/** Returns whether the credential can be edited: it is active, or suspended and can be resumed. */
export function isModifiable({ status }: Pick<Credential, 'status'>): boolean {
  return status === 'active' || status === 'suspended'
}
