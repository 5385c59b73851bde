import type { ConnectionLookup, ResolvedConnection } from '../connection-lookup/index.ts'
import type { UpstreamTokens } from '../upstream-tokens/index.ts'
import type { SigningContextSource } from './signing-context.ts'

/** The dependencies that every outbound call shares. */
export type CallDeps = {
  readonly lookup: ConnectionLookup
  readonly tokens: Pick<UpstreamTokens, 'tokenFor'>
  readonly signingContext: SigningContextSource
  /** Records the time of use of an integration or a connection. */
  readonly recordLastUse: (subject: {
    readonly id: string
    readonly organizationId: string
  }) => void
}

/** Records the time of use of a connection and of its integration. */
export function recordLastUses(
  { recordLastUse }: Pick<CallDeps, 'recordLastUse'>,
  { integrationId, integrationOrganizationId, connectionId, organizationId }: ResolvedConnection,
): void {
  recordLastUse({ id: integrationId, organizationId: integrationOrganizationId })
  if (connectionId !== null) recordLastUse({ id: connectionId, organizationId })
}
