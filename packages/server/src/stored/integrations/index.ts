/**
 * Integrations: third-party APIs that Keyporter calls, with their base URL, headers and
 * authentication type, and their connections.
 */
export { splitBase } from './addresses.ts'
export { type Bindings, baseFor, bindingsOf, sameBindings } from './allowed-origins.ts'
export { type AuthSettings, mergeSettings } from './auth-settings.ts'
export { requireOwner } from './connection-owner.ts'
export { toResource } from './connection-presenter.ts'
export {
  findConnection,
  findPlace,
  findStatusReason,
  SHARED,
  type StatusReason,
  type StoredConnection,
  setStatus,
} from './connection-rows.ts'
export { findOpened, type SealedValues } from './connection-secrets.ts'
export { type ConsentRow, findOpenConsent, insertConsent, useConsent } from './consent-rows.ts'
export { openHeaders } from './encrypted-headers.ts'
export { requireIntegration } from './get.ts'
export type { AskedHeader, HeaderValues, StoredHeader } from './headers.ts'
export { integrationRoutes } from './routes.ts'
export { findIntegration, findIntegrationOrganization, type StoredIntegration } from './rows.ts'
export { readEntries } from './secret-fields.ts'
export { claimToken, findTokenRow, releaseToken, replaceToken, seizeToken } from './token-rows.ts'
