import { type ErrorCode, errorCodes } from '@keyporter/contract'

/** One problem of one field: a JSON pointer into the body, or the name of a query parameter. */
export type FieldProblem = {
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

/** What an {@link AppError} may carry. */
export type AppErrorOptions = {
  /** A sentence for the caller. Never holds a secret, a token, a digest, SQL, or what the caller sent. */
  readonly detail?: string
  /** What really happened, for our log alone. */
  readonly cause?: unknown
  readonly retryAfterSeconds?: number
  readonly fields?: readonly FieldProblem[]
  /** The permissions that were missing. */
  readonly requiredPermissions?: readonly string[]
}

/** The one error that the product throws on purpose: a code of the contract's table, and a sentence. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly options: AppErrorOptions

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(
      options.detail ?? errorCodes[code].title,
      options.cause === undefined ? {} : { cause: options.cause },
    )
    this.name = 'AppError'
    this.code = code
    this.options = options
  }
}
