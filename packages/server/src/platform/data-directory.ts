import { chmodSync, existsSync, statSync } from 'node:fs'
import { platform } from 'node:os'

/** Closes an existing data directory to others than its owner; root key and set-up code lie in it. */
export function restrictDataDirectory(directory: string): void {
  if (platform() === 'win32' || !existsSync(directory)) return
  if ((statSync(directory).mode & 0o077) !== 0) chmodSync(directory, 0o700)
}
