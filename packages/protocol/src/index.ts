/**
 * Formats and protocols as pure functions: tokens, secrets, scopes, headers, signatures, URLs and
 * instants. No I/O, no clock and no random source; callers pass these as parameters.
 */

export {
  type AuditEventFields,
  type AuditHead,
  type AuditProblem,
  auditHashInput,
  EMPTY_CHAIN_HEAD,
  type HashedAuditEvent,
  NO_PREVIOUS_HASH,
  parseAuditEvent,
  verifyAuditEvent,
  verifyStoredHead,
} from './audit-chain.ts'
export {
  AUTH_KINDS,
  AUTH_TYPES,
  type Auth,
  type AuthField,
  type AuthFields,
  type AuthFieldValue,
  type AuthKind,
  type AuthOf,
  type AwsSigV4Auth,
  authFieldsOf,
  HMAC_SCHEMES,
  type HmacAuth,
  type HmacScheme,
  isConditionMet,
  isSignable,
  needsConsent,
  needsToken,
  type TokenAuth,
  type TokenAuthKind,
} from './auth-types.ts'
export {
  type Authorization,
  formatBasicAuthorization,
  formatChallenge,
  parseAuthorization,
} from './authorization-header.ts'
export {
  decodeBase64,
  decodeBase64url,
  decodeHex,
  decodeUtf8,
  encodeBase64,
  encodeBase64url,
  encodeBase64urlText,
  encodeHex,
  encodeUtf8,
  equalBytes,
} from './bytes.ts'
export {
  comparableFieldName,
  FIELD_NAME,
  FIELD_VALUE,
  fieldsNamedByConnection,
  isHopByHopField,
  isReservedField,
} from './http-fields.ts'
export { generateId, ID_KINDS, type IdKind, isId } from './ids.ts'
export { addCalendarYears, formatInstant, parseInstant } from './instant.ts'
export {
  isJsonObject,
  type JsonFault,
  type JsonLimits,
  type JsonResult,
  parseStrictJson,
} from './json.ts'
export {
  type AccessTokenClaims,
  claimsPrefix,
  type FixedClaims,
  finishClaims,
  type StatusReference,
  type VariableClaims,
} from './jwt/claims.ts'
export {
  type CompactJws,
  type JwsHeader,
  parseCompactJws,
  type TokenFault,
  type TokenRejection,
  type VerifiedJws,
  type VerifyCompactJwsOptions,
  verifyCompactJws,
} from './jwt/compact-jws.ts'
export { canVerify, jwkThumbprintInput, type PublicJwk, publicJwk } from './jwt/jwk.ts'
export {
  concatToDer,
  derToConcat,
  encodeJwsHeader,
  isSigningAlgorithm,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  signCompactJws,
} from './jwt/sign.ts'
export { createVerifiedCache, type VerifiedCache } from './jwt/verified-cache.ts'
export {
  type AccessTokenResult,
  type VerifyAccessTokenOptions,
  verifyAccessToken,
} from './jwt/verify-access-token.ts'
export {
  type AuthorizationRequest,
  authorizationUrl,
  pkceChallenge,
} from './oauth/authorization-url.ts'
export {
  INVALID_CLIENT,
  type OAuthErrorCode,
  type OAuthFault,
  type OAuthFaultResult,
} from './oauth/fault.ts'
export { encodeFormComponent, type Form, type FormResult, parseForm } from './oauth/form.ts'
export {
  type IntrospectionResponse,
  parseTokenParameter,
  type TokenParameter,
} from './oauth/introspection.ts'
export {
  fillLoginBody,
  isValidLoginTemplate,
  type LoginBodyType,
  type LoginCredentials,
} from './oauth/login-body.ts'
export {
  buildMetadata,
  type ClientAuthenticationMethod,
  metadataPath,
  type ServerMetadata,
} from './oauth/metadata.ts'
export {
  type ClientAuthentication,
  type ClientCredentialsGrant,
  findRepeatedParameter,
  parseClientAuthentication,
  parseClientCredentialsGrant,
} from './oauth/token-request.ts'
export {
  authorizationCodeRequest,
  type ClientCredentialsOptions,
  clientCredentialsRequest,
  refreshTokenRequest,
  type UpstreamClient,
  type UpstreamTokenRequest,
} from './oauth/upstream-token-request.ts'
export {
  parseLoginResponse,
  parseTokenResponse,
  type RawResponse,
  UPSTREAM_TOKEN_ERROR_CODES,
  type UpstreamTokenErrorCode,
  type UpstreamTokenFault,
  type UpstreamTokenResult,
} from './oauth/upstream-token-response.ts'
export {
  authenticateRequest,
  bodyRequirement,
  ownHeaders,
} from './outbound-auth/authenticate-request.ts'
export { parseEd25519PrivateKey } from './outbound-auth/ed25519-key.ts'
export type { HmacPart, HmacRecipe } from './outbound-auth/hmac-recipe.ts'
export { type AuthValues, readAuth, readEntries } from './outbound-auth/read-auth.ts'
export {
  type AuthenticatedRequest,
  type Explanation,
  type Header,
  type OutgoingBody,
  type OutgoingRequest,
  type SigningContext,
  SigningError,
} from './outbound-auth/request.ts'
export type {
  BodyRequirement,
  RequestAuthenticator,
} from './outbound-auth/request-authenticator.ts'
export { presignAwsSigV4 } from './outbound-auth/sigv4-presign.ts'
export {
  checkAddress,
  isWithin,
  NO_EXCEPTIONS,
  type OutboundExceptions,
  type OutboundRejection,
  type OutboundRejectionCode,
  type OutboundResult,
  type OutboundUrl,
  parseOutboundExceptions,
  parseOutboundUrl,
} from './outbound-url.ts'
export {
  type ChangedOperation,
  type ComparablePermissionMap,
  diffPermissionMaps,
  type PermissionMapDiff,
  type PermissionMapDiffPart,
} from './permission-map/diff.ts'
export {
  compileMatcher,
  type MatchableOperation,
  type OperationMatcher,
} from './permission-map/matcher.ts'
export {
  PERMISSION_ACTIONS,
  type PermissionAction,
  permissionScope,
} from './permission-map/permission-name.ts'
export type { OpenApiProblem, OpenApiProblemCode } from './permission-map/problem.ts'
export {
  type MapOpenApiOptions,
  type MapOpenApiResult,
  type MappedOperation,
  type MappedResource,
  mapOpenApi,
  type PermissionMap,
} from './permission-map.ts'
export { isSubset, joinScope, parseScope } from './scope.ts'
export {
  type Environment,
  generateClientId,
  generateSecret,
  isSecretPrefix,
  looksLikeSecret,
  parseClientId,
  parseSecret,
  type RandomBytes,
  SECRET_PATTERN,
  type SecretParts,
  secretHint,
} from './secret-format.ts'
export { hasDotSegment, trimTrailingSlashes } from './url-path.ts'
