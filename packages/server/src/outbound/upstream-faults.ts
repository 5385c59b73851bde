import type { ErrorCode } from '@keyporter/contract'
import type { UpstreamTokenFault } from '@keyporter/protocol'
import type { OutboundFault } from './outbound-error.ts'

/** A failure to get a response, or to get a token from a response. */
export type UpstreamFault = OutboundFault | UpstreamTokenFault

/** A step of a connection test. */
export type TestStep = 'address' | 'tls' | 'authentication' | 'status'

/** The server that a text names. */
type Subject = 'upstream' | 'token endpoint'

type UpstreamFaultRecord = {
  /** The error code of the API. */
  readonly code: ErrorCode
  /** The failed step of a connection test. */
  readonly step: TestStep
  /** The problem, for the caller of the API. Never names the host. */
  readonly detail: (subject: Subject) => string
  /** The remedy, which a connection test adds: its reader can change the settings. */
  readonly hint?: string
}

/** Every fault: the source for API errors, token errors and connection tests. */
export const upstreamFaults: Readonly<Record<UpstreamFault, UpstreamFaultRecord>> = {
  address_not_allowed: {
    code: 'address_not_allowed',
    step: 'address',
    detail: (subject) => `The address of the ${subject} is private or blocked.`,
    hint: 'Ask the operator of this server to allow the address.',
  },
  host_not_found: {
    code: 'upstream_failed',
    step: 'address',
    detail: (subject) => `The host name of the ${subject} does not resolve.`,
    hint: 'Check its spelling.',
  },
  connection_refused: {
    code: 'upstream_failed',
    step: 'address',
    detail: (subject) => `The ${subject} refused the connection.`,
    hint: 'Check the port and the firewall of the host.',
  },
  certificate_expired: {
    code: 'upstream_failed',
    step: 'tls',
    detail: (subject) => `The certificate of the ${subject} has expired.`,
    hint: 'The owner of the server must renew it.',
  },
  certificate_not_trusted: {
    code: 'upstream_failed',
    step: 'tls',
    detail: (subject) => `The certificate of the ${subject} is not trusted.`,
    hint: 'Use a certificate from a public authority, or add its authority to NODE_EXTRA_CA_CERTS.',
  },
  certificate_name_mismatch: {
    code: 'upstream_failed',
    step: 'tls',
    detail: (subject) => `The certificate of the ${subject} does not match its host name.`,
    hint: 'Check the host name.',
  },
  tls_failed: {
    code: 'upstream_failed',
    step: 'tls',
    detail: (subject) => `The TLS handshake with the ${subject} failed.`,
  },
  timeout: {
    code: 'upstream_timeout',
    step: 'status',
    detail: (subject) => `The ${subject} did not respond in time.`,
  },
  connection_closed: {
    code: 'upstream_failed',
    step: 'status',
    detail: (subject) => `The ${subject} closed the connection before its response was complete.`,
  },
  response_too_large: {
    code: 'upstream_failed',
    step: 'status',
    detail: (subject) => `The response of the ${subject} is too large.`,
  },
  malformed_response: {
    code: 'upstream_failed',
    step: 'status',
    detail: (subject) => `The response of the ${subject} is not valid HTTP.`,
  },
  malformed_request: {
    code: 'invalid_request',
    step: 'status',
    detail: (subject) =>
      `The request to the ${subject} is not valid HTTP. Check its URL and its headers.`,
  },
  aborted: {
    code: 'upstream_failed',
    step: 'status',
    detail: (subject) => `The request to the ${subject} was aborted.`,
  },
  unavailable: {
    code: 'upstream_failed',
    step: 'authentication',
    detail: (subject) => `The ${subject} is temporarily unavailable.`,
  },
  redirect: {
    code: 'upstream_failed',
    step: 'authentication',
    detail: (subject) =>
      `The ${subject} redirected. Redirects are not followed; use the final URL.`,
  },
  not_a_token_endpoint: {
    code: 'upstream_failed',
    step: 'authentication',
    detail: (subject) => `The URL of the ${subject} does not accept token requests. Check the URL.`,
  },
  not_json: {
    code: 'upstream_failed',
    step: 'authentication',
    detail: (subject) => `The response of the ${subject} is not JSON.`,
  },
  no_token: {
    code: 'upstream_failed',
    step: 'authentication',
    detail: (subject) => `The response of the ${subject} contains no usable token.`,
  },
}
