/**
 * Every error code of the HTTP API: code → status, title and, where the OAuth endpoints can meet it,
 * the RFC 6749 §5.2 error that says the same. `docs/errors.md` explains each one.
 */
export const errorCodes = {
  // The request itself
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    oauthError: 'invalid_request',
  },
  malformed_json: { status: 400, title: 'The body is not acceptable JSON', oauthError: undefined },
  invalid_cursor: {
    status: 400,
    title: 'The cursor does not belong to this list',
    oauthError: undefined,
  },
  invalid_document: {
    status: 400,
    title: 'The document cannot be imported',
    oauthError: undefined,
  },
  api_required: {
    status: 400,
    title: 'Say which api the credential is for',
    oauthError: undefined,
  },
  method_not_allowed: { status: 405, title: 'Method not allowed', oauthError: 'invalid_request' },
  not_acceptable: { status: 406, title: 'Not acceptable', oauthError: undefined },
  payload_too_large: { status: 413, title: 'The body is too large', oauthError: 'invalid_request' },
  uri_too_long: { status: 414, title: 'The address is too long', oauthError: 'invalid_request' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    oauthError: 'invalid_request',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    oauthError: 'invalid_request',
  },

  // Who is asking
  unauthenticated: { status: 401, title: 'Authentication required', oauthError: 'invalid_client' },
  invalid_token: {
    status: 401,
    title: 'The token or secret is not valid',
    oauthError: 'invalid_client',
  },
  sign_in_failed: { status: 401, title: 'Sign-in failed', oauthError: undefined },
  totp_required: { status: 401, title: 'A one-time code is needed', oauthError: undefined },
  invalid_code: { status: 401, title: 'The code is not valid', oauthError: undefined },
  insufficient_permissions: {
    status: 403,
    title: 'A permission is missing',
    oauthError: undefined,
  },
  cannot_grant: {
    status: 403,
    title: 'You cannot grant what you do not hold',
    oauthError: undefined,
  },
  operator_only: { status: 403, title: 'Only the operator may do this', oauthError: undefined },
  cross_origin: {
    status: 403,
    title: 'The request comes from another origin',
    oauthError: undefined,
  },

  // What it meets
  not_found: { status: 404, title: 'Not found', oauthError: undefined },
  already_revoked: {
    status: 409,
    title: 'The credential is already revoked',
    oauthError: undefined,
  },
  credential_final: {
    status: 409,
    title: 'The credential can no longer be changed',
    oauthError: undefined,
  },
  already_exists: { status: 409, title: 'It already exists', oauthError: undefined },
  root_key_missing: {
    status: 409,
    title: 'There is no new root key',
    oauthError: undefined,
  },
  last_owner: {
    status: 409,
    title: 'The organization would have no owner left',
    oauthError: undefined,
  },
  built_in: { status: 409, title: 'The built-in api cannot be changed', oauthError: undefined },
  setup_done: { status: 409, title: 'Set-up is already done', oauthError: undefined },
  idempotency_in_flight: {
    status: 409,
    title: 'The first request is still running',
    oauthError: undefined,
  },
  precondition_failed: {
    status: 412,
    title: 'It was changed in the meantime',
    oauthError: undefined,
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key was used for another request',
    oauthError: undefined,
  },

  // Calls to third parties
  address_not_allowed: {
    status: 403,
    fieldStatus: 400,
    title: 'This address is not to be called',
    oauthError: undefined,
  },
  environment_mismatch: {
    status: 403,
    title: 'The caller is of another environment',
    oauthError: undefined,
  },
  connection_missing: {
    status: 409,
    title: 'There are no values to sign in with',
    oauthError: undefined,
  },
  not_signable: {
    status: 409,
    title: 'Signing would show the secret',
    oauthError: undefined,
  },
  wrong_kind: {
    status: 409,
    title: 'The way of signing in has no such step',
    oauthError: undefined,
  },
  upstream_refused: {
    status: 502,
    title: 'The other side did not accept the values',
    oauthError: undefined,
  },
  upstream_failed: { status: 502, title: 'The other side did not answer', oauthError: undefined },
  upstream_timeout: {
    status: 504,
    title: 'The other side did not answer in time',
    oauthError: undefined,
  },

  // What we cannot do now
  rate_limited: { status: 429, title: 'Too many requests', oauthError: 'temporarily_unavailable' },
  internal: { status: 500, title: 'Internal error', oauthError: 'server_error' },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    oauthError: 'temporarily_unavailable',
  },
} as const satisfies Record<string, ErrorCodeRecord>

/** What one code stands for. */
export type ErrorCodeRecord = {
  readonly status: number
  /** The status where it is a field of the body that is at fault, and the problem names it. */
  readonly fieldStatus?: number
  readonly title: string
  readonly oauthError: string | undefined
}

/** A code of the table. */
export type ErrorCode = keyof typeof errorCodes

/** Every status that a code comes with. */
export function statusesOf(code: ErrorCode): readonly number[] {
  const { status, fieldStatus }: ErrorCodeRecord = errorCodes[code]
  return fieldStatus === undefined ? [status] : [fieldStatus, status]
}
