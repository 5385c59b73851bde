import { type ErrorCode, errorCodes } from '@keyporter/contract'

/** A problem with one field: a JSON pointer into the body, or `/query/` and the name of a parameter. */
export type FieldProblem = {
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

/** Options of {@link AppError}. */
export type AppErrorOptions = {
  /** A sentence for the caller. Never contains a secret, a token, a digest, SQL, or the caller's input. */
  readonly detail?: string
  /** The underlying error. Only the server log shows it. */
  readonly cause?: unknown
  readonly retryAfterSeconds?: number
  readonly fields?: readonly FieldProblem[]
  /** All permissions that the operation requires. */
  readonly requiredPermissions?: readonly string[]
}

/** The only error class that the server throws on purpose. `code` is a key of the contract's error table. */
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
