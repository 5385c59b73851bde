import { SdkError } from '@keyporter/sdk'
import { CommanderError } from 'commander'

/** The exit codes of the command line. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  unauthorized: 4,
  conflict: 5,
  rateLimited: 6,
  network: 7,
} as const

/** The exit codes in `--help`. */
export const exitCodeHelp = `
Exit codes:
  0  success                           4  authentication or permission error
  1  failure, or log not intact        5  conflict
  2  usage error                       6  too many requests
  3  not found                         7  network error, timeout, server unavailable`

const byStatus: Readonly<Record<number, number>> = {
  400: exitCodes.usage,
  401: exitCodes.unauthorized,
  403: exitCodes.unauthorized,
  404: exitCodes.notFound,
  409: exitCodes.conflict,
  412: exitCodes.conflict,
  413: exitCodes.usage,
  422: exitCodes.conflict,
  429: exitCodes.rateLimited,
  502: exitCodes.network,
  503: exitCodes.network,
  504: exitCodes.network,
}

const byCode: Readonly<Record<string, number>> = {
  network_error: exitCodes.network,
  timeout: exitCodes.network,
}

const USAGE = 'keyporter.usage'

/** Returns a usage error. The message states the problem and the remedy. */
export function usageError(message: string): Error {
  return new CommanderError(exitCodes.usage, USAGE, message)
}

/** Returns the exit code and the message lines of an error. */
export function explainError(error: unknown): {
  readonly exitCode: number
  readonly lines: readonly string[]
} {
  if (error instanceof CommanderError) {
    if (error.code === USAGE) return { exitCode: exitCodes.usage, lines: [error.message] }
    // Commander has already printed the message. Help and version are not errors.
    return { exitCode: error.exitCode === 0 ? exitCodes.ok : exitCodes.usage, lines: [] }
  }
  if (error instanceof SdkError) {
    const fields = error.problem?.errors ?? []
    const exitCode = byCode[error.code] ?? byStatus[error.status ?? 0] ?? exitCodes.failure
    const lines = fields.map(({ pointer, detail }) => `  ${pointer || 'the request'}: ${detail}`)
    return { exitCode, lines: [error.message, ...lines] }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { exitCode: exitCodes.failure, lines: [message] }
}
