import { chmodSync, existsSync, statSync } from 'node:fs'
import { platform } from 'node:os'

/**
 * Restricts an existing data directory to its owner: it contains the root key and the setup code.
 */
export function restrictDataDirectory(directory: string): void {
  if (platform() === 'win32' || !existsSync(directory)) return
  if ((statSync(directory).mode & 0o077) !== 0) chmodSync(directory, 0o700)
}
