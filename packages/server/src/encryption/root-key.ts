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

/** The root keys of a data directory: the current one, and the next one during a rotation. */
type RootKeyName = typeof FILE | typeof NEXT

/** Parses a root key of the configuration: 32 bytes in base64url. */
export function parseRootKey(text: string): Uint8Array | undefined {
  const bytes = decodeBase64url(text.trim())
  return bytes?.length === 32 ? bytes : undefined
}

/**
 * Reads the root keys of a data directory, newest first: two during a rotation, otherwise one.
 *
 * @throws {Error} when other users can read a file, or its content is not a root key
 */
export function readRootKeyFiles(directory: string): readonly Uint8Array[] {
  return [readRootKeyFile(directory, NEXT), readRootKeyFile(directory)].flatMap((key) => key ?? [])
}

/**
 * Reads the root key of a data directory; undefined when it has none yet.
 *
 * @throws {Error} when other users can read the file, or its content is not a root key
 */
export function readRootKeyFile(
  directory: string,
  name: RootKeyName = FILE,
): Uint8Array | undefined {
  const path = join(directory, name)
  if (!existsSync(path)) return undefined
  if ((statSync(path).mode & 0o077) !== 0 && platform() !== 'win32') {
    throw new Error(`Other users can read the root key ${path}. Run chmod 600 on it.`)
  }
  const key = parseRootKey(readFileSync(path, 'utf8'))
  if (key === undefined) {
    throw new Error(`The root key ${path} is not valid. Expected: 32 bytes in base64url.`)
  }
  return key
}

/**
 * Creates a root key in a data directory, durably on disk before its first use. When two processes
 * create one at once, both get the key of the first.
 */
export function createRootKeyFile(directory: string, name: RootKeyName = FILE): Uint8Array {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const key = new Uint8Array(randomBytes(32))
  const staged = stagedPath(directory)
  try {
    writeStaged(staged, key)
    linkOrCopy(staged, join(directory, name))
  } catch (cause) {
    const existing = isTaken(cause) ? readRootKeyFile(directory, name) : undefined
    if (existing === undefined) throw cause
    return existing
  } finally {
    rmSync(staged, { force: true })
  }
  syncDirectory(directory)
  return key
}

/** Returns the next root key. Creates it when it does not exist. */
export function createNextRootKeyFile(directory: string): Uint8Array {
  return readRootKeyFile(directory, NEXT) ?? createRootKeyFile(directory, NEXT)
}

/**
 * Renames the next root key to the current one. The earlier key is kept in a file with its id in
 * the name, because earlier backups of the database need it. Safe to repeat after an interruption.
 */
export function adoptNextRootKeyFile(directory: string): void {
  if (readRootKeyFile(directory, NEXT) === undefined) return
  const current = readRootKeyFile(directory)
  if (current !== undefined) keepRetired(directory, current)
  renameSync(join(directory, NEXT), join(directory, FILE))
  syncDirectory(directory)
}

/**
 * Removes staged root keys of a killed process: copies of keys that may be in use. Requires the
 * lock of the data directory, because another process may be writing one.
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
function linkOrCopy(staged: string, path: string): void {
  try {
    linkSync(staged, path)
  } catch (cause) {
    if (isTaken(cause)) throw cause
    // Some file systems do not support hard links.
    copyFileSync(staged, path, constants.COPYFILE_EXCL)
  }
}

function isTaken(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
}

/** Makes a new directory entry durable. Windows cannot sync directories. */
function syncDirectory(directory: string): void {
  if (platform() === 'win32') return
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
