import { closeSync, openSync, rmSync } from 'node:fs'
import { usageError } from './exit-codes.ts'

/** A file that was made for what is to come, and that only its owner can read. */
export type NewFile = {
  readonly descriptor: number
  /** Takes it away again, because nothing came. */
  readonly discard: () => void
  readonly close: () => void
}

/**
 * Makes a file before there is anything to write, so that it is known to be possible. What exists already
 * is never written to: it might be kept by Git, or read by others.
 *
 * @throws {CommanderError} when the file exists, or cannot be made
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
    throw usageError(exists ? `${path} exists already.` : `${path} cannot be written.`)
  }
}
