/** Connections: the values with which an integration is called, sealed, for each organization or shared. */
export {
  type ConsentOutcome,
  type ConsentReturn,
  createConsentCompletion,
} from './complete-consent.ts'
export { type Attention, type Finding, noteFinding } from './finding.ts'
export { type ConnectionLookup, createConnectionLookup, type LookupDeps } from './lookup.ts'
export type { ConnectionQuery } from './resolve.ts'
export type { ResolvedConnection } from './resolved.ts'
export { connectionRoutes } from './routes.ts'
export { isTokenAuth } from './token-rules.ts'
export { createUpstreamTokens, type UpstreamToken, type UpstreamTokens } from './upstream-tokens.ts'
