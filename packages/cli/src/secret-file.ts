import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { usageError } from './exit-codes.ts'

/** A new file that only its owner can read. */
export type SecretFile = {
  readonly write: (variables: Readonly<Record<string, string>>) => void
  /** Closes it; a file that nothing was written to is removed. */
  readonly close: () => void
}

/**
 * Makes the file before there is a secret to write, so that it is known to be possible. What exists
 * already is never written to: it might be kept by Git, or read by others.
 *
 * @throws {CommanderError} when the file exists, or cannot be made
 */
export function openSecretFile(path: string): SecretFile {
  const file = open(path)
  let written = false
  return {
    write: (variables) => {
      const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
      writeSync(file, lines.join(''))
      written = true
    },
    close: () => {
      closeSync(file)
      if (!written) rmSync(path, { force: true })
    },
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw usageError(exists ? `${path} exists already.` : `${path} cannot be written.`)
  }
}
