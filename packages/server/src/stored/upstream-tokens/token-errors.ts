import type { ErrorCode } from '@keyporter/contract'
import type { UpstreamTokenErrorCode } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import type { TokenOutcome } from './request-token.ts'

type Fault = Extract<TokenOutcome, { readonly kind: 'failed' }>['fault']

const codes: Partial<Record<Fault, ErrorCode>> = {
  address_not_allowed: 'address_not_allowed',
  timeout: 'upstream_timeout',
}

/** Fixed texts: the response of the upstream is never forwarded. */
const details: Record<Fault, string> = {
  address_not_allowed: 'The address of the token endpoint is not allowed.',
  host_not_found: 'The host name of the token endpoint does not resolve.',
  connection_refused: 'The token endpoint refused the connection.',
  certificate_expired: 'The certificate of the token endpoint has expired.',
  certificate_not_trusted: 'The certificate of the token endpoint is not trusted.',
  certificate_name_mismatch: 'The certificate of the token endpoint does not match its host name.',
  tls_failed: 'The TLS handshake with the token endpoint failed.',
  timeout: 'The token endpoint did not respond in time.',
  connection_closed: 'The token endpoint closed the connection.',
  response_too_large: 'The response of the token endpoint is too large.',
  malformed_response: 'The response of the token endpoint is not valid HTTP.',
  malformed_request:
    'The token request cannot be sent over HTTP. Check the URL of the token endpoint.',
  aborted: 'The token request was aborted.',
  unavailable: 'The token endpoint is temporarily unavailable.',
  redirect: 'The token endpoint redirected. Redirects are not followed; use the final URL.',
  not_a_token_endpoint:
    'The URL of the token endpoint does not accept token requests. Check the URL.',
  not_json: 'The response of the token endpoint is not JSON.',
  no_token: 'The response of the token endpoint contains no usable token.',
}

/** The token request failed temporarily. */
export function tokenFailed(fault: Fault, retryAfterSeconds: number): AppError {
  return new AppError(codes[fault] ?? 'upstream_failed', {
    detail: details[fault],
    retryAfterSeconds,
  })
}

/** The upstream rejected the credentials. */
export function tokenRejected(code: UpstreamTokenErrorCode): AppError {
  return new AppError('upstream_rejected', {
    detail:
      code === 'other'
        ? 'The token endpoint rejected the credentials.'
        : `The token endpoint rejected the credentials: ${code}.`,
  })
}

/** There is no consent, or the consent is no longer valid. */
export function consentRequired(): AppError {
  return new AppError('connection_missing', {
    detail: 'The connection has no valid consent. Authorize the connection first.',
  })
}

/** Another request fetches a token at the same time. */
export function tokenBusy(): AppError {
  return new AppError('unavailable', {
    detail: 'Another request is fetching a token. Try again.',
    retryAfterSeconds: 1,
  })
}
