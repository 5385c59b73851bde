/**
 * Integrations: third-party APIs that Keyporter calls, with their base URL, headers and
 * authentication type, and their connections.
 */
export { splitBase } from './addresses.ts'
export { type AuthSettings, mergeSettings } from './auth-settings.ts'
export { requireOwner } from './connection-owner.ts'
export { toResource } from './connection-presenter.ts'
export {
  findConnection,
  findIntegrationAndOwner,
  findStatusReason,
  SHARED,
  type StatusReason,
  type StoredConnection,
  setStatus,
} from './connection-rows.ts'
export { type ConnectionSecrets, findDecrypted } from './connection-secrets.ts'
export {
  type ConsentRow,
  consumeConsent,
  findPendingConsent,
  insertConsent,
} from './consent-rows.ts'
export { decryptHeaders } from './encrypted-headers.ts'
export { requireIntegration } from './get.ts'
export type { HeaderInput, HeaderValues, StoredHeader } from './headers.ts'
export { integrationRoutes } from './routes.ts'
export { findIntegration, findIntegrationOrganization, type StoredIntegration } from './rows.ts'
export {
  baseFor,
  type SecretDestinations,
  sameDestinations,
  secretDestinationsOf,
} from './secret-destinations.ts'
export {
  claimToken,
  findTokenRow,
  overrideClaim,
  releaseClaim,
  replaceToken,
} from './token-rows.ts'
