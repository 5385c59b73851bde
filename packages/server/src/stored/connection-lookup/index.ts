/** Connection lookup: which connection serves an organization and an environment, decrypted and cached. */

export { type ConnectionLookup, createConnectionLookup } from './cached-lookup.ts'
export { type ConnectionHealth, recordHealth } from './connection-health.ts'
export { type LookupResult, readConnection, readIntegration } from './read-connection.ts'
export type { ConnectionQuery } from './resolve-connection.ts'
export type { ResolvedConnection } from './resolved-connection.ts'
