import { closeSync, openSync, rmSync } from 'node:fs'
import { usageError } from './exit-codes.ts'

/** A new, empty file that only its owner can read. */
export type NewFile = {
  readonly descriptor: number
  /** Deletes the file. */
  readonly discard: () => void
  readonly close: () => void
}

/**
 * Creates a file before the content exists, so that errors occur early. Never overwrites a file, because it
 * could be in a Git repository or readable by others.
 *
 * @throws {CommanderError} when the file exists, or cannot be created
 */
export function makeNewFile(path: string): NewFile {
  const descriptor = open(path)
  const close = (): void => closeSync(descriptor)
  return {
    descriptor,
    close,
    discard: () => {
      close()
      rmSync(path, { force: true })
    },
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw usageError(exists ? `${path} already exists.` : `Cannot write ${path}.`)
  }
}
