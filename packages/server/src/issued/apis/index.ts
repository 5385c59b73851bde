/** The operator's APIs, with their permission tables and operations. */
export { type BuiltInInput, insertBuiltInApi, syncBuiltInApi } from './built-in.ts'
export { findApi, findApiIdsByScope, findGrantableApis } from './find.ts'
export { importOpenApi } from './import.ts'
export { apiRoutes } from './routes.ts'
export { type ApiSummary, readApi, readApiSummaries, type StoredApi } from './rows.ts'
export {
  type GrantTerms,
  grantableScopes,
  type Operation,
  type PermissionRow,
  withinCeiling,
} from './rules.ts'
