import type { Answer, routes } from '@keyporter/contract'

/** An API credential, as the API shows it. */
export type Credential = Answer<typeof routes.credentials.get>

/** What a credential is at the moment. */
export type CredentialStatus = Credential['status']

/** Why somebody should look at a credential. */
export type Attention = Credential['attention'][number]

/** Whether it lets calls through, or could be made to. */
export function isLive({ status }: Pick<Credential, 'status'>): boolean {
  return status === 'active' || status === 'suspended'
}
