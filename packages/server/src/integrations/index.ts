/** Integrations: the APIs of third parties that we call, how they are reached, and how they are signed in to. */
export { splitBase } from './addresses.ts'
export { type AuthSettings, mergeSettings, parseSettings } from './auth-settings.ts'
export { type Bindings, baseFor, bindingsOf, sameBindings } from './bindings.ts'
export { SHARED } from './connection-rows.ts'
export { requireIntegration } from './get.ts'
export {
  type AskedHeader,
  decideHeaders,
  describeHeaders,
  type HeaderValues,
  noHeaderValues,
  parseHeaders,
  type StoredHeader,
} from './headers.ts'
export { judgeSettings, templateProblems } from './judge-settings.ts'
export { requireNoProblems } from './problems.ts'
export { reservedFor, reservedForAll } from './reserved-headers.ts'
export { integrationRoutes } from './routes.ts'
export { findIntegration, findOwner, lockIntegration, type StoredIntegration } from './rows.ts'
export { openHeaders } from './sealed-headers.ts'
