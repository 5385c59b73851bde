import type { UpstreamTokenErrorCode } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import { type UpstreamFault, upstreamFaults } from '../../outbound/upstream-faults.ts'

/** The token request failed temporarily. The text is fixed: the response of the upstream is never forwarded. */
export function tokenFailed(fault: UpstreamFault, retryAfterSeconds: number): AppError {
  const { code, detail } = upstreamFaults[fault]
  // The settings are at fault, not the request of the caller.
  return new AppError(code === 'invalid_request' ? 'upstream_failed' : code, {
    detail: detail('token endpoint'),
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
