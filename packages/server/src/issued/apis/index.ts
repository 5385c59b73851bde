/** Apis: what the operator protects, each with its permission table and the map of its operations. */
export { type BuiltInInput, insertBuiltInApi, syncBuiltInApi } from './built-in.ts'
export { findApi, findApisListing, findGrantableApis } from './find.ts'
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
