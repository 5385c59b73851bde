import type { Actor } from '../../kernel/context.ts'
import type { ConnectionLookup, ResolvedConnection } from '../connection-lookup/index.ts'

/** The caller of an integration, and the organization that the call is made for. */
export type ConnectionSelector = {
  readonly integrationId: string
  /** The organization of the connection; defaults to the organization of the caller. */
  readonly organizationId: string | undefined
  readonly actor: Actor
  readonly operator: boolean
  /** Whether the environment of the caller must be that of the integration. */
  readonly sameEnvironment: boolean
}

/**
 * Returns the connection of a call: synchronously if the connection is cached.
 *
 * @throws {AppError} `not_found`, `environment_mismatch`, `connection_missing`
 */
export function requireConnection(
  lookup: ConnectionLookup,
  { integrationId, organizationId, actor, operator, sameEnvironment }: ConnectionSelector,
): ResolvedConnection | Promise<ResolvedConnection> {
  const environment = sameEnvironment && actor.kind === 'credential' ? actor.environment : undefined
  return lookup.resolve({
    integrationId,
    caller: { organizationId: actor.organizationId ?? '', operator, environment },
    organizationId,
  })
}
