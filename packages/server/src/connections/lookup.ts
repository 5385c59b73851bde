import type { Environment } from '@keyporter/protocol'
import { notFound } from '../authorize.ts'
import type { ResolvedConnection } from './resolved.ts'

/** Which integration is called, by whom, and with whose values. */
export type ConnectionQuery = {
  readonly integrationId: string
  readonly caller: {
    readonly organizationId: string
    /** Whether the caller belongs to the operator. */
    readonly operator: boolean
    /** That of the calling credential, which must be the integration's; undefined: any will do. */
    readonly environment: Environment | undefined
  }
  /** Whose values; those of the caller's own organization unless given. */
  readonly organizationId: string | undefined
}

/**
 * Finds the values for calls, in memory where it can: a warm look-up reads no row. While the change feed
 * cannot be read nothing is answered from memory.
 */
export type ConnectionLookup = {
  /**
   * At once where memory knows, else a promise; either way it may throw.
   *
   * @throws {AppError} `not_found`, `environment_mismatch`, `connection_missing`
   */
  readonly resolve: (query: ConnectionQuery) => ResolvedConnection | Promise<ResolvedConnection>
}

/** Makes the look-up. */
export function createConnectionLookup(): ConnectionLookup {
  return {
    resolve: () => {
      throw notFound()
    },
  }
}
