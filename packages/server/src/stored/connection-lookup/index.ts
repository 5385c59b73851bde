/** Connection lookup: which connection serves an organization and an environment, decrypted and cached. */
export { type Finding, noteFinding } from './health.ts'
export { type ConnectionLookup, createConnectionLookup } from './lookup.ts'
export type { ResolvedConnection, TokenAuth } from './resolved.ts'
export { readIntegration, readSlot, type Slot } from './snapshot.ts'
