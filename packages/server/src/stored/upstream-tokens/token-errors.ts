import type { ErrorCode } from '@keyporter/contract'
import type { TokenRejectionCode } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import type { TokenOutcome } from './request-token.ts'

type Fault = Extract<TokenOutcome, { readonly kind: 'failed' }>['fault']

const codes: Partial<Record<Fault, ErrorCode>> = {
  address_not_allowed: 'address_not_allowed',
  timed_out: 'upstream_timeout',
}

/** In our words; what the other side wrote goes no further. */
const sentences: Record<Fault, string> = {
  address_not_allowed: 'The address for tokens is not to be called.',
  name_not_found: 'The name of the server for tokens was not found.',
  connection_refused: 'The server for tokens takes no connections.',
  certificate_expired: 'The certificate of the server for tokens is expired.',
  certificate_not_trusted: 'The certificate of the server for tokens is not trusted.',
  certificate_wrong_name: 'The certificate of the server for tokens is for another name.',
  tls_failed: 'The server for tokens does not speak TLS as we do.',
  timed_out: 'The server for tokens did not answer in time.',
  hung_up: 'The server for tokens hung up.',
  too_large: 'The answer to the request for a token was too large.',
  malformed_answer: 'The answer to the request for a token is no HTTP.',
  malformed_request: 'The address for tokens cannot stand in a request.',
  aborted: 'The request for a token was broken off.',
  unavailable: 'The server for tokens says that it cannot answer now.',
  redirect: 'The address for tokens leads elsewhere, which we do not follow with a secret.',
  wrong_address: 'The address for tokens does not take such requests.',
  not_json: 'The answer to the request for a token is not JSON.',
  no_token: 'There is no usable token in the answer.',
}

/** No token came, this time. */
export function tokenFailed(fault: Fault, retryAfterSeconds: number): AppError {
  return new AppError(codes[fault] ?? 'upstream_failed', {
    detail: sentences[fault],
    retryAfterSeconds,
  })
}

/** The other side gives no token for these values. */
export function tokenRefused(code: TokenRejectionCode): AppError {
  return new AppError('upstream_rejected', {
    detail:
      code === 'other'
        ? 'The other side refused a token.'
        : `The other side refused a token: ${code}.`,
  })
}

/** Nobody consented, or the consent is used up. */
export function consentNeeded(): AppError {
  return new AppError('connection_missing', {
    detail: 'A person has to sign in to the other side first: connect it.',
  })
}

/** Others were quicker, or are slow. */
export function tokenBusy(): AppError {
  return new AppError('unavailable', {
    detail: 'A token is being fetched elsewhere. Try again.',
    retryAfterSeconds: 1,
  })
}
