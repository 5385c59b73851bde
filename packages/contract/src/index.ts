/** The contract of the HTTP API: routes, schemas, error codes and audit actions, as data. */

export { auditedFields } from './audited-fields.ts'
export { type ErrorCode, type ErrorCodeRecord, errorCodes, statusesOf } from './errors.ts'
export {
  type AffectedChange,
  type AuditAction,
  auditActionNames,
  type ChangeKind,
  type EventType,
  eventTypes,
} from './event-types.ts'
export { nameLengthMax, notesLengthMax } from './fields.ts'
export { buildOpenApi, type OpenApiOptions } from './openapi.ts'
export type { Json, JsonObject, OpenApiDocument, OpenApiOperation } from './openapi-types.ts'
export {
  builtInResources,
  isPrivilege,
  type ManagementPermission,
  managementPermissions,
  type Privilege,
  permissionsOf,
  privilegeNames,
  privileges,
} from './permissions.ts'
export {
  type Access,
  type Arguments,
  acceptsIdempotencyKey,
  defineRoute,
  type Feature,
  type Input,
  type Output,
  type ResponseBody,
  type Route,
} from './route.ts'
export { commonErrors, errorsOf } from './route-errors.ts'
export { routeList, routes } from './routes.ts'
export { isSecret, redactSecrets, SECRET_MARK, secret } from './secret.ts'
export { locales, themes } from './sessions.ts'
export {
  type UsageOutcome,
  usageOutcomes,
  type VerificationCode,
  verificationCodes,
} from './verification.ts'
