/** Connection lookup: which connection serves an organization and an environment, decrypted and cached. */
export { type LookupResult, readConnection, readIntegration } from './decrypted-connection.ts'
export { type ConnectionHealth, recordHealth } from './health.ts'
export { type ConnectionLookup, createConnectionLookup } from './lookup.ts'
export type { ConnectionQuery } from './resolve.ts'
export type { ResolvedConnection } from './resolved.ts'
