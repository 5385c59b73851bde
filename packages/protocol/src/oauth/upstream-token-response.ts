/** Parses responses of upstream token endpoints and login requests. Results never repeat response text. */
import { decodeUtf8 } from '../bytes.ts'
import { followPointer, ownMember } from '../json-pointer.ts'

/** The error codes of a rejected token request. `other` is any other code. */
export const UPSTREAM_TOKEN_ERROR_CODES = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
  'access_denied',
  'unsupported_token_type',
  'other',
] as const

/** An error code of {@link UPSTREAM_TOKEN_ERROR_CODES}. */
export type UpstreamTokenErrorCode = (typeof UPSTREAM_TOKEN_ERROR_CODES)[number]

/** The fault of a response that contains neither a token nor a rejection. */
export type UpstreamTokenFault =
  /** A temporary error code, a status of 500 or more, or 408, 425 or 429. */
  | 'unavailable'
  /** A status from 300 to 399. */
  | 'redirect'
  /** Another status that no token endpoint returns, such as 404. */
  | 'not_a_token_endpoint'
  | 'not_json'
  | 'no_token'

/** The result of a token request. */
export type UpstreamTokenResult =
  | {
      readonly kind: 'token'
      /** Visible ASCII, so that it is valid in a header. */
      readonly token: string
      readonly refreshToken: string | undefined
      /** Undefined if absent or invalid. */
      readonly expiresInSeconds: number | undefined
    }
  /** Permanent: the upstream would reject the same request again. */
  | { readonly kind: 'rejected'; readonly code: UpstreamTokenErrorCode }
  /** Temporary: a retry can succeed. */
  | { readonly kind: 'failed'; readonly fault: UpstreamTokenFault }

/** An unparsed response. */
export type RawResponse = { readonly status: number; readonly body: Uint8Array }

const CODES: ReadonlySet<string> = new Set(UPSTREAM_TOKEN_ERROR_CODES)
/** RFC 6749 §4.1.2.1, RFC 8628 §3.5. */
const TEMPORARY_ERRORS: ReadonlySet<string> = new Set([
  'temporarily_unavailable',
  'server_error',
  'slow_down',
])
/** `bot` and `user` are the token types of Slack (oauth.v2.access), which are bearer tokens. */
const BEARER: ReadonlySet<string> = new Set(['bearer', 'bot', 'user'])

const VISIBLE = /^[\x21-\x7E]+$/
const TOKEN_LENGTH_MAX = 16_384
const LIFETIME_SECONDS_MAX = 10 * 366 * 86_400

/**
 * Parses the response of a token endpoint. Tolerates a missing `token_type`, a missing `expires_in` or
 * one that is a string, unknown members, and errors with status 200 (RFC 6749 §5.2 requires 400).
 *
 * @see RFC 6749 §5.1, §5.2
 */
export function parseTokenResponse(response: RawResponse): UpstreamTokenResult {
  const statusResult = resultOfStatus(response.status)
  if (statusResult !== undefined) return statusResult
  const body = readJson(response.body)
  const code = errorCode(body)
  if (code !== undefined) return rejection(code)
  if (!isSuccess(response.status)) return rejection('')
  if (body === undefined) return { kind: 'failed', fault: 'not_json' }
  const type = ownMember(body, 'token_type')
  if (type !== undefined && !(typeof type === 'string' && BEARER.has(type.trim().toLowerCase())))
    return { kind: 'rejected', code: 'unsupported_token_type' }
  const token = readToken(ownMember(body, 'access_token'))
  if (token === undefined) return { kind: 'failed', fault: 'no_token' }
  return {
    kind: 'token',
    token,
    refreshToken: readToken(ownMember(body, 'refresh_token')),
    expiresInSeconds: readSeconds(ownMember(body, 'expires_in')),
  }
}

/**
 * Parses the response of a login request. `tokenPointer` is the JSON pointer to the token.
 *
 * @see RFC 6901 §4
 */
export function parseLoginResponse(
  response: RawResponse,
  tokenPointer: string,
): UpstreamTokenResult {
  const statusResult = resultOfStatus(response.status)
  if (statusResult !== undefined) return statusResult
  if (!isSuccess(response.status)) return rejection('')
  const body = readJson(response.body)
  if (body === undefined) return { kind: 'failed', fault: 'not_json' }
  const token = readToken(followPointer(body, tokenPointer))
  if (token === undefined) return { kind: 'failed', fault: 'no_token' }
  return { kind: 'token', token, refreshToken: undefined, expiresInSeconds: undefined }
}

/** Returns the result that follows from the status alone, or `undefined` if the body decides. */
function resultOfStatus(status: number): UpstreamTokenResult | undefined {
  if (isSuccess(status)) return undefined
  if (status >= 300 && status < 400) return { kind: 'failed', fault: 'redirect' }
  // RFC 6749 §5.2 specifies 400 and 401. Some servers use 403 or 422.
  if ([400, 401, 403, 422].includes(status)) return undefined
  const isTemporary = status >= 500 || [408, 425, 429].includes(status)
  return { kind: 'failed', fault: isTemporary ? 'unavailable' : 'not_a_token_endpoint' }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

/** Drops the parse error, because its message contains text of the response. */
function readJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** Returns the `error` member, or an empty code for other errors, such as Slack's `ok: false`. */
function errorCode(body: unknown): string | undefined {
  const error = ownMember(body, 'error')
  if (typeof error === 'string' && error !== '') return error
  const isError = typeof error === 'object' && error !== null
  return isError || ownMember(body, 'ok') === false ? '' : undefined
}

function rejection(code: string): UpstreamTokenResult {
  if (TEMPORARY_ERRORS.has(code)) return { kind: 'failed', fault: 'unavailable' }
  return { kind: 'rejected', code: isCode(code) ? code : 'other' }
}

function isCode(code: string): code is UpstreamTokenErrorCode {
  return CODES.has(code)
}

function readToken(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > TOKEN_LENGTH_MAX) return undefined
  return VISIBLE.test(value) ? value : undefined
}

/** Returns integer seconds. Ignores values below 1, because such a token would already be expired. */
function readSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof seconds !== 'number' || !(seconds >= 1)) return undefined
  return Math.min(Math.floor(seconds), LIFETIME_SECONDS_MAX)
}
