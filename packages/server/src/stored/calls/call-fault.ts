import type { ErrorCode } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import { OutboundError, type OutboundFault } from '../../outbound/outbound.ts'

/** The error code and detail of each outbound fault. They never name the upstream. */
const faults: Readonly<Record<OutboundFault, readonly [ErrorCode, string]>> = {
  address_not_allowed: [
    'address_not_allowed',
    'The host resolves to an address that is not allowed.',
  ],
  host_not_found: ['upstream_failed', 'The host name does not resolve.'],
  connection_refused: ['upstream_failed', 'The upstream refused the connection.'],
  certificate_expired: ['upstream_failed', 'The certificate of the upstream has expired.'],
  certificate_not_trusted: ['upstream_failed', 'The certificate of the upstream is not trusted.'],
  certificate_name_mismatch: [
    'upstream_failed',
    'The certificate of the upstream does not match its host name.',
  ],
  tls_failed: ['upstream_failed', 'The TLS handshake with the upstream failed.'],
  timeout: ['upstream_timeout', 'The upstream did not respond in time.'],
  connection_closed: [
    'upstream_failed',
    'The upstream closed the connection before its response was complete.',
  ],
  response_too_large: ['upstream_failed', 'The response of the upstream is too large.'],
  malformed_response: ['upstream_failed', 'The response of the upstream is not valid HTTP.'],
  malformed_request: [
    'invalid_request',
    'The request cannot be sent over HTTP. Check its headers and its path.',
  ],
  aborted: ['upstream_failed', 'The call was aborted.'],
}

/** Returns an outbound error as an `AppError`; returns any other error unchanged. */
export function toCallError(error: unknown): unknown {
  if (!(error instanceof OutboundError)) return error
  const [code, detail] = faults[error.fault]
  return new AppError(code, { detail, cause: error })
}
