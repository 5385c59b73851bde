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
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { decodeBase64url, encodeBase64url } from '@keyporter/protocol'
import { rootKeyId } from './envelope.ts'

const FILE = 'root.key'
const NEXT = 'root.key.next'
/** The names of {@link stagedPath}. */
const STAGED = /^root\.key\.[0-9a-f]{16}$/

/** The root keys of a data directory: the present one, and one that is about to take its place. */
type RootKeyName = typeof FILE | typeof NEXT

/** Parses a root key as the configuration writes it: 32 bytes, base64url. */
export function parseRootKey(text: string): Uint8Array | undefined {
  const bytes = decodeBase64url(text.trim())
  return bytes?.length === 32 ? bytes : undefined
}

/**
 * The root keys that lie in a data directory, newest first: usually one, and two while the next one is
 * taking its place.
 *
 * @throws {Error} when others may read one, or it is none
 */
export function readRootKeyFiles(directory: string): readonly Uint8Array[] {
  return [readRootKeyFile(directory, NEXT), readRootKeyFile(directory)].flatMap((key) => key ?? [])
}

/**
 * Reads the root key of a data directory; undefined when it has none yet.
 *
 * @throws {Error} when others may read it, or it is none
 */
export function readRootKeyFile(
  directory: string,
  name: RootKeyName = FILE,
): Uint8Array | undefined {
  const path = join(directory, name)
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
export function createRootKeyFile(directory: string, name: RootKeyName = FILE): Uint8Array {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const key = new Uint8Array(randomBytes(32))
  const staged = stagedPath(directory)
  try {
    writeStaged(staged, key)
    putInPlace(staged, join(directory, name))
  } catch (cause) {
    const theirs = isTaken(cause) ? readRootKeyFile(directory, name) : undefined
    if (theirs === undefined) throw cause
    return theirs
  } finally {
    rmSync(staged, { force: true })
  }
  syncDirectory(directory)
  return key
}

/** Makes the root key that is to follow the present one, or reads the one that was made already. */
export function createNextRootKeyFile(directory: string): Uint8Array {
  return readRootKeyFile(directory, NEXT) ?? createRootKeyFile(directory, NEXT)
}

/**
 * Puts the next root key into the place of the present one, which is kept under a name with its id:
 * copies of the database that were made before need it. Interrupted anywhere, it can be done again.
 */
export function adoptNextRootKeyFile(directory: string): void {
  if (readRootKeyFile(directory, NEXT) === undefined) return
  const present = readRootKeyFile(directory)
  if (present !== undefined) keepRetired(directory, present)
  renameSync(join(directory, NEXT), join(directory, FILE))
  syncDirectory(directory)
}

/**
 * Removes what was left of writing root keys by a process that was killed meanwhile: copies of keys which may be in use,
 * under names that nobody would look for. For whoever is alone in the directory.
 */
export function removeStagedRootKeys(directory: string): void {
  for (const name of readdirSync(directory))
    if (STAGED.test(name)) rmSync(join(directory, name), { force: true })
}

function keepRetired(directory: string, key: Uint8Array): void {
  const staged = stagedPath(directory)
  try {
    writeStaged(staged, key)
    renameSync(staged, join(directory, `${FILE}.retired-${rootKeyId(key)}`))
    syncDirectory(directory)
  } finally {
    rmSync(staged, { force: true })
  }
}

function stagedPath(directory: string): string {
  return join(directory, `${FILE}.${randomBytes(8).toString('hex')}`)
}

function writeStaged(path: string, key: Uint8Array): void {
  writeFileSync(path, `${encodeBase64url(key)}\n`, { mode: 0o600, flag: 'wx', flush: true })
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
