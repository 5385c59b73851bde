/** What the HTTP API says, as data. */
export { auditActionNames, auditActions, type AuditAction } from './audit-actions.ts'
export { errorCodes, type ErrorCode, type ErrorCodeRecord } from './errors.ts'
export { buildOpenApi, type OpenApiOptions } from './openapi.ts'
export type { Json, JsonObject, OpenApiDocument, OpenApiOperation } from './openapi-types.ts'
export {
  actions,
  builtInResources,
  isPrivilege,
  managementPermissions,
  permissionName,
  permissionsOf,
  privilegeNames,
  privileges,
  type Action,
  type ManagementPermission,
  type Privilege,
} from './permissions.ts'
export {
  defineRoute,
  type Access,
  type Answer,
  type Arguments,
  type Feature,
  type Input,
  type Output,
  type Route,
} from './route.ts'
export { commonErrors, errorsOf } from './route-errors.ts'
export { routeList, routes } from './routes.ts'
export { isSecret, secret, SECRET_MARK } from './secret.ts'
export {
  usageOutcomes,
  verificationCodes,
  type UsageOutcome,
  type VerificationCode,
} from './verification.ts'
