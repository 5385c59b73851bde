/** What somebody else's token endpoint answered: read strictly where it matters, and never repeated. */
import { decodeUtf8 } from '../bytes.ts'
import { followPointer, ownMember } from '../permission-map/json-pointer.ts'

/** Why a token was refused: the codes that are known, and one for all others. */
export const TOKEN_REJECTION_CODES = [
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
export type TokenRejectionCode = (typeof TOKEN_REJECTION_CODES)[number]

/** What is wrong with an answer that gives no token, and does not refuse it either. */
export type TokenResponseFault =
  | 'unavailable'
  | 'redirect'
  | 'wrong_address'
  | 'not_json'
  | 'no_token'

/** What an answer comes to. */
export type TokenResponse =
  | {
      readonly kind: 'token'
      /** Visible ASCII, so that it can stand in a header. */
      readonly token: string
      readonly refreshToken: string | undefined
      /** Undefined where the other side does not say, or says what cannot be. */
      readonly expiresInSeconds: number | undefined
    }
  /** For good: the same request would be refused again. */
  | { readonly kind: 'rejected'; readonly code: TokenRejectionCode }
  /** It may be another time. */
  | { readonly kind: 'failed'; readonly fault: TokenResponseFault }

/** An answer as it came. */
export type RawResponse = { readonly status: number; readonly body: Uint8Array }

const KNOWN: ReadonlySet<string> = new Set(TOKEN_REJECTION_CODES)
/** RFC 6749 §4.1.2.1, RFC 8628 §3.5. */
const TEMPORARY_ERRORS: ReadonlySet<string> = new Set([
  'temporarily_unavailable',
  'server_error',
  'slow_down',
])
/** `bot` and `user` are what Slack calls its bearer tokens (oauth.v2.access). */
const BEARER: ReadonlySet<string> = new Set(['bearer', 'bot', 'user'])

const VISIBLE = /^[\x21-\x7E]+$/
const TOKEN_LENGTH_MAX = 16_384
const LIFETIME_SECONDS_MAX = 10 * 366 * 86_400

/**
 * The token of a token endpoint's answer, or why there is none. Tolerated: no `token_type`, no `expires_in`
 * or one that is text, members that nobody knows, status 200 with an error in it (RFC 6749 §5.2 wants 400).
 *
 * @see RFC 6749 §5.1, §5.2
 */
export function parseTokenResponse(answer: RawResponse): TokenResponse {
  const early = readStatus(answer.status)
  if (early !== undefined) return early
  const body = readJson(answer.body)
  const code = errorCode(body)
  if (code !== undefined) return rejection(code)
  if (!isSuccess(answer.status)) return rejection('')
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
 * The token of a login's answer, which stands where a JSON pointer says, or why there is none.
 *
 * @see RFC 6901 §4
 */
export function parseLoginResponse(answer: RawResponse, tokenPointer: string): TokenResponse {
  const early = readStatus(answer.status)
  if (early !== undefined) return early
  if (!isSuccess(answer.status)) return rejection('')
  const body = readJson(answer.body)
  if (body === undefined) return { kind: 'failed', fault: 'not_json' }
  const token = readToken(followPointer(body, tokenPointer))
  if (token === undefined) return { kind: 'failed', fault: 'no_token' }
  return { kind: 'token', token, refreshToken: undefined, expiresInSeconds: undefined }
}

/** What the status says by itself; undefined where the body is to be looked at. */
function readStatus(status: number): TokenResponse | undefined {
  if (isSuccess(status)) return undefined
  if (status >= 300 && status < 400) return { kind: 'failed', fault: 'redirect' }
  // RFC 6749 §5.2: 400 and 401; 403 and 422 are what others say for the same.
  if ([400, 401, 403, 422].includes(status)) return undefined
  const passing = status >= 500 || [408, 425, 429].includes(status)
  return { kind: 'failed', fault: passing ? 'unavailable' : 'wrong_address' }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

/** Only the parsing of a stranger's text throws, and what it throws repeats that text: it goes no further. */
function readJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** The `error` of an object, or what stands for one: Slack's `ok: false`. */
function errorCode(body: unknown): string | undefined {
  const error = ownMember(body, 'error')
  if (typeof error === 'string' && error !== '') return error
  const isError = typeof error === 'object' && error !== null
  return isError || ownMember(body, 'ok') === false ? '' : undefined
}

function rejection(code: string): TokenResponse {
  if (TEMPORARY_ERRORS.has(code)) return { kind: 'failed', fault: 'unavailable' }
  return { kind: 'rejected', code: isKnown(code) ? code : 'other' }
}

function isKnown(code: string): code is TokenRejectionCode {
  return KNOWN.has(code)
}

function readToken(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > TOKEN_LENGTH_MAX) return undefined
  return VISIBLE.test(value) ? value : undefined
}

/** Whole seconds; nothing where none are left, because a token that is already over says nothing. */
function readSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof seconds !== 'number' || !(seconds >= 1)) return undefined
  return Math.min(Math.floor(seconds), LIFETIME_SECONDS_MAX)
}
