/** The TypeScript client of the HTTP API, for Node and browsers. */
export { buildOpenApi, errorCodes, eventTypes, routes } from '@keyporter/contract'
export { type AuditExportOptions, type AuditReport, verifyAuditExport } from './audit-export.ts'
export {
  type CallArguments,
  createKeyporter,
  type Keyporter,
  type ListCall,
  type Method,
} from './client.ts'
export type { CreateFetchOptions } from './create-fetch.ts'
export type { ClientOptions, Overrides } from './options.ts'
export type { CallOptions } from './request.ts'
export { type Problem, SdkError } from './sdk-error.ts'
export { createTokenSource, type TokenSource, type TokenSourceOptions } from './token-source.ts'
export { versionOf } from './version.ts'
