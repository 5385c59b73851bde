import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { decodeBase64url, encodeBase64url } from '@keyporter/protocol'

const FILE = 'root.key'

/** Parses a root key as the configuration writes it: 32 bytes, base64url. */
export function parseRootKey(text: string): Uint8Array | undefined {
  const bytes = decodeBase64url(text.trim())
  return bytes?.length === 32 ? bytes : undefined
}

/** Reads the root key of a data directory; undefined when it has none yet. */
export function readRootKeyFile(directory: string): Uint8Array | undefined {
  const path = join(directory, FILE)
  if (!existsSync(path)) return undefined
  if ((statSync(path).mode & 0o077) !== 0 && platform() !== 'win32') {
    throw new Error(`${path} is readable by others: chmod 600 it.`)
  }
  const key = parseRootKey(readFileSync(path, 'utf8'))
  if (key === undefined) throw new Error(`${path} does not hold 32 bytes in base64url.`)
  return key
}

/** Makes a root key for a data directory that has none. */
export function createRootKeyFile(directory: string): Uint8Array {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const key = new Uint8Array(randomBytes(32))
  writeFileSync(join(directory, FILE), `${encodeBase64url(key)}\n`, { mode: 0o600, flag: 'wx' })
  return key
}
