import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { decodeBase64url, encodeBase64url } from '@keyporter/protocol'

const FILE = 'root.key'

/** Parses a root key as the configuration writes it: 32 bytes, base64url. */
export function parseRootKey(text: string): Uint8Array | undefined {
  const bytes = decodeBase64url(text.trim())
  return bytes?.length === 32 ? bytes : undefined
}

/**
 * Reads the root key of a data directory; undefined when it has none yet.
 *
 * @throws {Error} when others may read it, or it is none
 */
export function readRootKeyFile(directory: string): Uint8Array | undefined {
  const path = join(directory, FILE)
  if (!existsSync(path)) return undefined
  if ((statSync(path).mode & 0o077) !== 0 && platform() !== 'win32') {
    throw new Error(`The root key in ${path} can be read by others: chmod 600 it.`)
  }
  const key = parseRootKey(readFileSync(path, 'utf8'))
  if (key === undefined) {
    throw new Error(`The root key in ${path} is not 32 bytes in base64url.`)
  }
  return key
}

/**
 * Makes a root key for a data directory that has none, safely on the disk before anything is sealed with
 * it. Of two processes that do so at once both get the key of the first.
 */
export function createRootKeyFile(directory: string): Uint8Array {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const key = new Uint8Array(randomBytes(32))
  const staged = join(directory, `${FILE}.${randomBytes(8).toString('hex')}`)
  try {
    writeFileSync(staged, `${encodeBase64url(key)}\n`, { mode: 0o600, flag: 'wx', flush: true })
    putInPlace(staged, join(directory, FILE))
  } catch (cause) {
    const theirs = isTaken(cause) ? readRootKeyFile(directory) : undefined
    if (theirs === undefined) throw cause
    return theirs
  } finally {
    rmSync(staged, { force: true })
  }
  syncDirectory(directory)
  return key
}

/** Never overwrites. */
function putInPlace(staged: string, path: string): void {
  try {
    linkSync(staged, path)
  } catch (cause) {
    if (isTaken(cause)) throw cause
    // Some file systems have no second names for a file.
    copyFileSync(staged, path, constants.COPYFILE_EXCL)
  }
}

function isTaken(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
}

/** Makes a new name durable; where directories cannot be synced, they need not be. */
function syncDirectory(directory: string): void {
  if (platform() === 'win32') return
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
