/** The reason why a response is missing or incomplete. */
export type OutboundFault =
  /** A method, target or header is not valid HTTP. Nothing was sent. */
  | 'malformed_request'
  | 'address_not_allowed'
  | 'host_not_found'
  | 'connection_refused'
  | 'certificate_expired'
  | 'certificate_not_trusted'
  | 'certificate_name_mismatch'
  | 'tls_failed'
  | 'timeout'
  | 'connection_closed'
  | 'response_too_large'
  | 'malformed_response'
  /** The caller's signal or an error of the request body ended the exchange. */
  | 'aborted'

/** A failed call. The message is fixed for each fault and contains no data of the request. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
  readonly fault: OutboundFault
  constructor(fault: OutboundFault, options?: ErrorOptions) {
    super(`The call failed: ${fault}`, options)
    this.fault = fault
  }
}

/** Faults by error code. OpenSSL has many more codes for certificates, see PATTERNS. */
const FAULTS: Readonly<Record<string, OutboundFault>> = {
  ENOTFOUND: 'host_not_found',
  ENODATA: 'host_not_found',
  EAI_AGAIN: 'host_not_found',
  ECONNREFUSED: 'connection_refused',
  EHOSTUNREACH: 'connection_refused',
  ENETUNREACH: 'connection_refused',
  EADDRNOTAVAIL: 'connection_refused',
  EACCES: 'connection_refused',
  ETIMEDOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'malformed_response',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'connection_closed',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'aborted',
  UND_ERR_ABORTED: 'aborted',
  UND_ERR_INVALID_ARG: 'malformed_request',
  UND_ERR_NOT_SUPPORTED: 'malformed_request',
  CERT_HAS_EXPIRED: 'certificate_expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate_name_mismatch',
}

const PATTERNS: readonly (readonly [RegExp, OutboundFault])[] = [
  [/^(EPROTO$|ERR_SSL_|ERR_TLS_)/, 'tls_failed'],
  [/CERT|ISSUER|SIGNATURE|CRL|CA$|PATH_LENGTH|KEYUSAGE/, 'certificate_not_trusted'],
]

/** Converts an error of the network, of TLS or of the HTTP client. */
export function toOutboundError(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error
  return new OutboundError(faultOf(error), { cause: error })
}

function faultOf(error: unknown): OutboundFault {
  // One error for each address that was tried: any of them describes the failure.
  if (error instanceof AggregateError) return faultOf(error.errors.at(-1))
  if (!(error instanceof Error)) return 'connection_closed'
  if (error.name === 'HTTPParserError') return 'malformed_response'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // The HTTP client's messages for an unsolicited response and for an unexpected upgrade begin with
  // 'bad '.
  if (code === 'UND_ERR_SOCKET' && error.message.startsWith('bad ')) return 'malformed_response'
  return (
    FAULTS[code] ?? PATTERNS.find(([pattern]) => pattern.test(code))?.[1] ?? 'connection_closed'
  )
}
