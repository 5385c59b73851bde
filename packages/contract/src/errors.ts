/**
 * Every error code of the HTTP API, with its status, its title and, where the OAuth endpoints can
 * return it, the matching RFC 6749 §5.2 error. `docs/errors.md` explains each code.
 */
export const errorCodes = {
  // Request syntax
  invalid_request: {
    status: 400,
    title: 'Invalid request',
    oauthError: 'invalid_request',
  },
  malformed_json: { status: 400, title: 'Malformed JSON', oauthError: undefined },
  invalid_cursor: {
    status: 400,
    title: 'Invalid cursor',
    oauthError: undefined,
  },
  invalid_document: {
    status: 400,
    title: 'Invalid OpenAPI document',
    oauthError: undefined,
  },
  api_required: {
    status: 400,
    title: 'API required',
    oauthError: undefined,
  },
  method_not_allowed: { status: 405, title: 'Method not allowed', oauthError: 'invalid_request' },
  not_acceptable: { status: 406, title: 'Not acceptable', oauthError: undefined },
  payload_too_large: {
    status: 413,
    title: 'Request body too large',
    oauthError: 'invalid_request',
  },
  uri_too_long: { status: 414, title: 'URL too long', oauthError: 'invalid_request' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    oauthError: 'invalid_request',
  },
  headers_too_large: {
    status: 431,
    title: 'Request headers too large',
    oauthError: 'invalid_request',
  },

  // Authentication and authorization
  unauthenticated: { status: 401, title: 'Authentication required', oauthError: 'invalid_client' },
  invalid_token: {
    status: 401,
    title: 'Invalid token or secret',
    oauthError: 'invalid_client',
  },
  sign_in_failed: { status: 401, title: 'Sign-in failed', oauthError: undefined },
  totp_required: { status: 401, title: 'One-time code required', oauthError: undefined },
  invalid_code: { status: 401, title: 'Invalid code', oauthError: undefined },
  insufficient_permissions: {
    status: 403,
    title: 'Insufficient permissions',
    oauthError: undefined,
  },
  cannot_grant: {
    status: 403,
    title: 'You can only grant permissions you have',
    oauthError: undefined,
  },
  operator_only: { status: 403, title: 'Operator access required', oauthError: undefined },
  cross_origin: {
    status: 403,
    title: 'Cross-origin request rejected',
    oauthError: undefined,
  },

  // Resource state
  not_found: { status: 404, title: 'Not found', oauthError: undefined },
  already_revoked: {
    status: 409,
    title: 'The credential is already revoked',
    oauthError: undefined,
  },
  credential_not_modifiable: {
    status: 409,
    title: 'The credential cannot be modified',
    oauthError: undefined,
  },
  already_exists: { status: 409, title: 'Already exists', oauthError: undefined },
  root_key_missing: {
    status: 409,
    title: 'No new root key is configured',
    oauthError: undefined,
  },
  last_owner: {
    status: 409,
    title: 'The organization needs an owner',
    oauthError: undefined,
  },
  built_in_api: { status: 409, title: 'The built-in API cannot be changed', oauthError: undefined },
  setup_completed: { status: 409, title: 'Setup is already complete', oauthError: undefined },
  idempotency_in_flight: {
    status: 409,
    title: 'A request with this idempotency key is in progress',
    oauthError: undefined,
  },
  precondition_failed: {
    status: 412,
    title: 'The resource has changed',
    oauthError: undefined,
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key was used for a different request',
    oauthError: undefined,
  },

  // Calls to third-party APIs
  address_not_allowed: {
    status: 403,
    fieldStatus: 400,
    title: 'Address not allowed',
    oauthError: undefined,
  },
  environment_mismatch: {
    status: 403,
    title: 'The credential and the integration belong to different environments',
    oauthError: undefined,
  },
  connection_missing: {
    status: 409,
    title: 'No credentials are configured for this connection',
    oauthError: undefined,
  },
  not_signable: {
    status: 409,
    title: 'The signature would expose the secret',
    oauthError: undefined,
  },
  operation_not_supported: {
    status: 409,
    title: 'This authentication type does not support that operation',
    oauthError: undefined,
  },
  upstream_rejected: {
    status: 502,
    title: 'The upstream rejected the credentials',
    oauthError: undefined,
  },
  upstream_failed: {
    status: 502,
    title: 'The request to the upstream failed',
    oauthError: undefined,
  },
  upstream_timeout: {
    status: 504,
    title: 'The upstream did not respond in time',
    oauthError: undefined,
  },

  // Load and availability
  rate_limited: { status: 429, title: 'Too many requests', oauthError: 'temporarily_unavailable' },
  internal: { status: 500, title: 'Internal error', oauthError: 'server_error' },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    oauthError: 'temporarily_unavailable',
  },
  outcome_unknown: {
    status: 503,
    title: 'The outcome of the change is unknown',
    oauthError: 'temporarily_unavailable',
  },
} as const satisfies Record<string, ErrorCodeRecord>

/** The status and texts of one error code. */
export type ErrorCodeRecord = {
  readonly status: number
  /** The status when a body field causes the error and the problem document names that field. */
  readonly fieldStatus?: number
  readonly title: string
  readonly oauthError: string | undefined
}

/** An error code of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes

/** Returns every status that a response with this code can have. */
export function statusesOf(code: ErrorCode): readonly number[] {
  const { status, fieldStatus }: ErrorCodeRecord = errorCodes[code]
  return fieldStatus === undefined ? [status] : [fieldStatus, status]
}
