import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pid } from 'node:process'
import { DatabaseSync } from 'node:sqlite'

// A garbage-collected handle would drop its lock: every held one stays referenced here.
const held = new Set<DatabaseSync>()

/**
 * Takes the data directory for this process alone and returns how to give it back. The lock is an
 * exclusive transaction on a tiny SQLite file of its own: the operating system releases it with the
 * process, kill -9 included, so a stale lock cannot exist and a re-used pid cannot confuse it.
 *
 * @throws {Error} naming the holder's pid, when another process holds the directory
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'lock.sqlite')
  const holderPath = join(directory, 'lock.pid')
  const database = new DatabaseSync(path)
  chmodSync(path, 0o600)
  try {
    database.exec('pragma journal_mode = delete; pragma busy_timeout = 0; begin exclusive')
  } catch (cause) {
    database.close()
    throw new Error(
      `The data directory ${directory} is in use by process ${readHolder(holderPath)}.`,
      { cause },
    )
  }
  held.add(database)
  writeFileSync(holderPath, `${pid}\n`, { mode: 0o600 })
  return () => {
    rmSync(holderPath, { force: true })
    held.delete(database)
    database.close()
  }
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
