import type { ConnectionLookup, ResolvedConnection } from '../connection-lookup/index.ts'
import type { UpstreamTokens } from '../upstream-tokens/index.ts'
import type { SigningContextSource } from './signing-context.ts'

/** The dependencies that every outbound call shares. */
export type CallDeps = {
  readonly lookup: ConnectionLookup
  readonly tokens: Pick<UpstreamTokens, 'tokenFor'>
  readonly tools: SigningContextSource
  /** Records the time of use of an integration or a connection. */
  readonly noteUse: (subject: { readonly id: string; readonly organizationId: string }) => void
}

/** Records the time of use of a connection and of its integration. */
export function noteUses(
  { noteUse }: Pick<CallDeps, 'noteUse'>,
  { integrationId, ownerId, connectionId, organizationId }: ResolvedConnection,
): void {
  noteUse({ id: integrationId, organizationId: ownerId })
  if (connectionId !== null) noteUse({ id: connectionId, organizationId })
}
