/** Connection lookup: which connection serves an organization and an environment, decrypted and cached. */
export { type ConnectionHealth, recordHealth } from './health.ts'
export { type ConnectionLookup, createConnectionLookup } from './lookup.ts'
export type { ResolvedConnection } from './resolved.ts'
export { type LookupResult, readConnection, readIntegration } from './snapshot.ts'
