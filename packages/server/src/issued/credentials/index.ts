/** Issued credentials: their lifecycle, and their authentication. */
export { createRejectionAudit } from './audit-rejections.ts'
export {
  type Authenticator,
  type AuthResult,
  createAuthenticator,
} from './authenticate.ts'
export {
  findCredentialRejection,
  type RejectionCode,
  type SecretLookup,
} from './check-secret.ts'
export {
  type CachedApi,
  type CachedCredential,
  type CredentialCache,
  createCredentialCache,
  type MatchedSecret,
} from './credential-cache.ts'
export {
  type InsertDeps,
  type InsertedCredential,
  insertCredential,
  type NewCredential,
} from './insert.ts'
export { credentialRoutes } from './routes.ts'
export { findCredential, type StoredCredential } from './rows.ts'
export type { CredentialKind, CredentialStatus } from './rules.ts'
