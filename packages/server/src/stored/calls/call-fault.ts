import type { ErrorCode } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import { EgressError, type EgressFault } from '../../outbound/outbound.ts'

/** What a failed call comes to, in the same words whoever was called. */
const faults: Readonly<Record<EgressFault, readonly [ErrorCode, string]>> = {
  address_not_allowed: [
    'address_not_allowed',
    'The host leads to an address that is not to be called.',
  ],
  name_not_found: ['upstream_failed', 'The name of the host was not found.'],
  connection_refused: ['upstream_failed', 'The other side refused the connection.'],
  certificate_expired: ['upstream_failed', 'The certificate of the other side has expired.'],
  certificate_not_trusted: ['upstream_failed', 'The certificate of the other side is not trusted.'],
  certificate_wrong_name: [
    'upstream_failed',
    'The certificate of the other side is for another name.',
  ],
  tls_failed: ['upstream_failed', 'No secure connection to the other side could be made.'],
  timed_out: ['upstream_timeout', 'The other side did not answer in time.'],
  hung_up: ['upstream_failed', 'The other side hung up before its answer was complete.'],
  too_large: ['upstream_failed', 'The answer of the other side is too large.'],
  malformed_answer: ['upstream_failed', 'The other side did not answer in HTTP.'],
  malformed_request: ['invalid_request', 'The request cannot be sent on as it stands.'],
  aborted: ['upstream_failed', 'The call was broken off.'],
}

/** A failed call as our own error; whatever else was thrown stays what it is. */
export function toCallError(error: unknown): unknown {
  if (!(error instanceof EgressError)) return error
  const [code, detail] = faults[error.fault]
  return new AppError(code, { detail, cause: error })
}
