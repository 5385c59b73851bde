import { isJsonObject } from '@keyporter/protocol'

/** What the server said about an error (RFC 9457), as far as it said it. */
export type Problem = {
  readonly type?: string
  readonly title?: string
  readonly status?: number
  readonly detail?: string
  readonly instance?: string
  readonly code?: string
  /** One entry for each field that is not right. */
  readonly errors?: readonly {
    readonly pointer: string
    readonly code: string
    readonly detail: string
  }[]
  readonly requiredPermissions?: readonly string[]
  readonly retryAfterSeconds?: number
}

/** What an {@link SdkError} carries. */
export type SdkErrorOptions = {
  readonly status?: number | undefined
  readonly requestId?: string | undefined
  readonly problem?: Problem | undefined
  readonly retryAfterSeconds?: number | undefined
  readonly cause?: unknown
}

/**
 * The one error of this client. `code` says what it was: a code of the API (`docs/errors.md`), an error of
 * the token endpoint (RFC 6749 §5.2, such as `invalid_client`), or one of our own: `network_error`,
 * `timeout`, `aborted`, `unexpected_answer`. No secret is ever in it.
 *
 * @example
 * if (error instanceof SdkError && error.code === 'not_found') return undefined
 */
export class SdkError extends Error {
  readonly code: string
  /** The HTTP status; undefined when there was no answer. */
  readonly status: number | undefined
  /** Names the request in the server's log and audit. */
  readonly requestId: string | undefined
  readonly problem: Problem | undefined
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

/** The error that an answer stands for: a problem document, an OAuth error, or something that is neither. */
export function errorOfAnswer(response: Response, text: string): SdkError {
  const body = parseObject(text)
  const facts = {
    status: response.status,
    requestId: response.headers.get('x-request-id') ?? undefined,
    retryAfterSeconds: readRetryAfter(response.headers.get('retry-after')),
  }
  const code = textOf(body, 'code')
  if (code !== undefined) {
    // safe because a body with a code is one of our problem documents, and every member is optional
    const problem = body as Problem
    return new SdkError(code, problem.detail ?? code, { ...facts, problem })
  }
  const oauthError = textOf(body, 'error')
  if (oauthError !== undefined) {
    return new SdkError(oauthError, textOf(body, 'error_description') ?? oauthError, facts)
  }
  return new SdkError('unexpected_answer', `The server answered ${response.status}.`, facts)
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

/** RFC 9110 §10.2.3: seconds; the other form, a date, our server does not write. */
function readRetryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) : undefined
}
