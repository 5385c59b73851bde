/** Issued credentials: created, listed, changed and revoked; and recognized when they are presented. */
export { createRefusalAudit } from './audit-rejections.ts'
export { type Admission, createGuard, type Guard, type Origin } from './authenticate.ts'
export { type Recognition, type Unrecognized, whyUnusable } from './find-by-secret.ts'
export {
  type InsertDeps,
  type InsertedCredential,
  insertCredential,
  type NewCredential,
} from './insert.ts'
export {
  createRegistry,
  type RecognizedSecret,
  type RegisteredApi,
  type RegisteredCredential,
  type Registry,
} from './registry.ts'
export { credentialRoutes } from './routes.ts'
export { findCredential, type StoredCredential } from './rows.ts'
export type { CredentialKind, CredentialStatus } from './rules.ts'
