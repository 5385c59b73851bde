import { isJsonObject } from '@keyporter/protocol'

/** A problem document (RFC 9457). */
export type Problem = {
  readonly type?: string
  readonly title?: string
  readonly status?: number
  readonly detail?: string
  readonly instance?: string
  readonly code?: string
  /** The invalid fields. */
  readonly errors?: readonly {
    readonly pointer: string
    readonly code: string
    readonly detail: string
  }[]
  readonly requiredPermissions?: readonly string[]
  readonly retryAfterSeconds?: number
}

/** Options of {@link SdkError}. */
export type SdkErrorOptions = {
  /** The HTTP status. */
  readonly status?: number | undefined
  /** The `X-Request-Id` of the response. */
  readonly requestId?: string | undefined
  /** The problem document of the response. */
  readonly problem?: Problem | undefined
  /** The `Retry-After` of the response. */
  readonly retryAfterSeconds?: number | undefined
  /** The underlying error. */
  readonly cause?: unknown
}

/**
 * The error class of this client. `code` is an error code of the API (`docs/errors.md`), an error of the token
 * endpoint (RFC 6749 §5.2, such as `invalid_client`), or a code of the client: `network_error`, `timeout`,
 * `aborted`, `unexpected_response`. Never contains a secret.
 *
 * @example
 * if (error instanceof SdkError && error.code === 'not_found') return undefined
 */
export class SdkError extends Error {
  readonly code: string
  /** The HTTP status. Undefined without a response. */
  readonly status: number | undefined
  /** Identifies the request in the server log and the audit log. */
  readonly requestId: string | undefined
  /** Undefined unless the response is a problem document. */
  readonly problem: Problem | undefined
  /** The time to wait before a retry, if the server states one. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: string, detail: string, options: SdkErrorOptions = {}) {
    const request = options.requestId === undefined ? '' : `, request ${options.requestId}`
    super(
      `${detail} (${code}${request})`,
      options.cause === undefined ? {} : { cause: options.cause },
    )
    this.name = 'SdkError'
    this.code = code
    this.status = options.status
    this.requestId = options.requestId
    this.problem = options.problem
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** Returns the error of a response: from a problem document, an OAuth error, or the status alone. */
export function errorOfResponse(response: Response, text: string): SdkError {
  const body = parseObject(text)
  const options = {
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? undefined,
    retryAfterSeconds: readRetryAfter(response.headers.get('retry-after')),
  }
  const code = textOf(body, 'code')
  if (code !== undefined) {
    // Safe because a body with a code is a problem document, and every member is optional.
    const problem = body as Problem
    return new SdkError(code, problem.detail ?? code, { ...options, problem })
  }
  const oauthError = textOf(body, 'error')
  if (oauthError !== undefined) {
    return new SdkError(oauthError, textOf(body, 'error_description') ?? oauthError, options)
  }
  return new SdkError(
    'unexpected_response',
    `The server responded with status ${response.status}.`,
    options,
  )
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function textOf(body: Readonly<Record<string, unknown>> | undefined, name: string) {
  const value = body?.[name]
  return typeof value === 'string' ? value : undefined
}

/** RFC 9110 §10.2.3: only seconds, because the server never sends a date. */
function readRetryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) : undefined
}
