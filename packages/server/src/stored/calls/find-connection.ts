import type { Actor } from '../../kernel/context.ts'
import type { ConnectionLookup, ResolvedConnection } from '../connection-lookup/index.ts'

/** Who calls what, with whose values. */
export type Wanted = {
  readonly integrationId: string
  /** Whose values; the caller's own unless given. */
  readonly organizationId: string | undefined
  readonly actor: Actor
  readonly operator: boolean
  /** Whether a caller of another environment is turned away. */
  readonly sameEnvironment: boolean
}

/**
 * Finds the values of a call: at once where memory knows them.
 *
 * @throws {AppError} `not_found`, `environment_mismatch`, `connection_missing`
 */
export function findConnection(
  lookup: ConnectionLookup,
  { integrationId, organizationId, actor, operator, sameEnvironment }: Wanted,
): ResolvedConnection | Promise<ResolvedConnection> {
  const environment = sameEnvironment && actor.kind === 'credential' ? actor.environment : undefined
  return lookup.resolve({
    integrationId,
    caller: { organizationId: actor.organizationId ?? '', operator, environment },
    organizationId,
  })
}
