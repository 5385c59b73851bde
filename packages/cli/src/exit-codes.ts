import { SdkError } from '@keyporter/sdk'
import { CommanderError } from 'commander'

/** How the command line ends. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  conflict: 5,
  rateLimited: 6,
  network: 7,
} as const

/** The list, as `--help` shows it. */
export const exitCodeHelp = `
Exit codes:
  0  done                              4  authentication or permission
  1  failed, or a log is not intact    5  conflict, or changed in the meantime
  2  wrong use                         6  too many requests
  3  not found                         7  network, timeout, server unavailable`

const byStatus: Readonly<Record<number, number>> = {
  400: exitCodes.usage,
  401: exitCodes.refused,
  403: exitCodes.refused,
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

/** The error of a wrong use, with what to do instead. */
export function usageError(message: string): Error {
  return new CommanderError(exitCodes.usage, USAGE, message)
}

/** How to end after an error, and what to say about it. */
export function explainError(error: unknown): {
  readonly exitCode: number
  readonly lines: readonly string[]
} {
  if (error instanceof CommanderError) {
    if (error.code === USAGE) return { exitCode: exitCodes.usage, lines: [error.message] }
    // Commander has said it already; help and version are no errors.
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
