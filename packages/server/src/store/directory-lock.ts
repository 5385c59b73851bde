import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pid } from 'node:process'
import { DatabaseSync } from 'node:sqlite'

// Garbage collection of a handle would release its lock, so active handles stay referenced here.
const locks = new Set<DatabaseSync>()

/**
 * Locks the data directory for this process. Returns a function that releases the lock. The lock is
 * an exclusive transaction on a separate SQLite file. The operating system releases it when the
 * process ends, even after kill -9, so a stale lock cannot exist and a reused process id cannot
 * match.
 *
 * @throws {Error} with the process id of the owner, when another process has locked the directory
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'lock.sqlite')
  const ownerPath = join(directory, 'lock.pid')
  const database = new DatabaseSync(path)
  chmodSync(path, 0o600)
  try {
    database.exec('pragma journal_mode = delete; pragma busy_timeout = 0; begin exclusive')
  } catch (cause) {
    database.close()
    throw new Error(
      `The data directory ${directory} is in use by process ${readOwner(ownerPath)}. Stop that process or set KEYPORTER_DATA_DIR.`,
      { cause },
    )
  }
  locks.add(database)
  writeFileSync(ownerPath, `${pid}\n`, { mode: 0o600 })
  return () => {
    rmSync(ownerPath, { force: true })
    locks.delete(database)
    database.close()
  }
}

function readOwner(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
