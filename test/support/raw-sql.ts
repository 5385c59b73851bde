import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { connectTo } from './postgres.ts'
import type { DataLocation } from './tables.ts'

/** Runs SQL in one transaction without Keyporter, like an intruder with database access. */
export async function runSql(location: DataLocation, ...statements: string[]): Promise<void> {
  if (location.databaseUrl === undefined) {
    return runOnSqlite(join(location.dataDirectory, 'keyporter.sqlite'), statements)
  }
  const client = await connectTo(location.databaseUrl)
  // Several statements in one query are one transaction.
  await client.query(statements.join(';\n'))
}

/**
 * Waits for the write lock on the event loop: Keyporter runs on this thread and may have an open
 * transaction, which a synchronous wait would block.
 */
async function runOnSqlite(path: string, statements: readonly string[]): Promise<void> {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    while (!isBegun(database)) await setTimeout(5)
    for (const statement of statements) database.exec(statement)
    database.exec('commit')
  } finally {
    database.close()
  }
}

function isBegun(database: DatabaseSync): boolean {
  try {
    database.exec('begin immediate')
    return true
  } catch {
    return false
  }
}
