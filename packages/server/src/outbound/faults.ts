/** Why nothing came back, or why what came back is not whole. */
export type OutboundFault =
  /** A method, target or header that cannot stand on the wire. Nothing was sent. */
  | 'malformed_request'
  | 'address_not_allowed'
  | 'name_not_found'
  | 'connection_refused'
  | 'certificate_expired'
  | 'certificate_not_trusted'
  | 'certificate_wrong_name'
  | 'tls_failed'
  | 'timed_out'
  | 'hung_up'
  | 'too_large'
  | 'malformed_answer'
  /** The caller's signal, or its body, ended the exchange. */
  | 'aborted'

/** A call that failed; the text is fixed for each fault and holds nothing of the request. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
  readonly fault: OutboundFault
  constructor(fault: OutboundFault, options?: ErrorOptions) {
    super(`The call failed: ${fault}`, options)
    this.fault = fault
  }
}

/** Of those whose names say it; OpenSSL has many more for a chain that ends nowhere. */
const FAULTS: Readonly<Record<string, OutboundFault>> = {
  ENOTFOUND: 'name_not_found',
  ENODATA: 'name_not_found',
  EAI_AGAIN: 'name_not_found',
  ECONNREFUSED: 'connection_refused',
  EHOSTUNREACH: 'connection_refused',
  ENETUNREACH: 'connection_refused',
  EADDRNOTAVAIL: 'connection_refused',
  EACCES: 'connection_refused',
  ETIMEDOUT: 'timed_out',
  UND_ERR_HEADERS_TIMEOUT: 'timed_out',
  UND_ERR_BODY_TIMEOUT: 'timed_out',
  UND_ERR_HEADERS_OVERFLOW: 'malformed_answer',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'hung_up',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'aborted',
  UND_ERR_ABORTED: 'aborted',
  UND_ERR_INVALID_ARG: 'malformed_request',
  UND_ERR_NOT_SUPPORTED: 'malformed_request',
  CERT_HAS_EXPIRED: 'certificate_expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate_wrong_name',
}

const PATTERNS: readonly (readonly [RegExp, OutboundFault])[] = [
  [/^(EPROTO$|ERR_SSL_|ERR_TLS_)/, 'tls_failed'],
  [/CERT|ISSUER|SIGNATURE|CRL|CA$|PATH_LENGTH|KEYUSAGE/, 'certificate_not_trusted'],
]

/** What an error of the network, of TLS or of the HTTP client comes to. */
export function toOutboundError(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error
  return new OutboundError(faultOf(error), { cause: error })
}

function faultOf(error: unknown): OutboundFault {
  // Every address was tried: what the last attempt met is as good as any.
  if (error instanceof AggregateError) return faultOf(error.errors.at(-1))
  if (!(error instanceof Error)) return 'hung_up'
  if (error.name === 'HTTPParserError') return 'malformed_answer'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // The client's own words for an answer that nobody asked for, and for a switch of protocols.
  if (code === 'UND_ERR_SOCKET' && error.message.startsWith('bad ')) return 'malformed_answer'
  return FAULTS[code] ?? PATTERNS.find(([pattern]) => pattern.test(code))?.[1] ?? 'hung_up'
}
