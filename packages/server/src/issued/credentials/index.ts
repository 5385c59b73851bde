/** Issued credentials: their lifecycle, and their authentication. */
export { createRejectionAudit } from './audit-rejections.ts'
export {
  type AuthResult,
  type ClientPair,
  createSecretAuthenticator,
  type RejectedAuth,
  type SecretAuthenticator,
} from './authenticate-secret.ts'
export {
  type CachedApi,
  type CachedCredential,
  type CredentialCache,
  createCredentialCache,
} from './credential-cache.ts'
export {
  type AuthenticatedCredential,
  type Demand,
  decideUse,
  grantedSetOf,
  type RejectionCode,
} from './decide-use.ts'
export {
  type InsertDeps,
  type InsertedCredential,
  insertCredential,
  type NewCredential,
} from './insert.ts'
export { credentialRoutes } from './routes.ts'
export { findCredential, type StoredCredential } from './rows.ts'
export type { CredentialKind, CredentialStatus } from './rules.ts'
