import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { connectionTo } from './postgres.ts'
import type { DataLocation } from './tables.ts'

/** Runs SQL past the program, as someone does who got hold of its database; all of it or nothing. */
export async function runSql(place: DataLocation, ...statements: string[]): Promise<void> {
  if (place.databaseUrl === undefined) {
    return runOnSqlite(join(place.dataDirectory, 'keyporter.sqlite'), statements)
  }
  const client = await connectionTo(place.databaseUrl)
  // One text of several statements is one transaction.
  await client.query(statements.join(';\n'))
}

/**
 * The program, which may be in the middle of a transaction, runs on this very thread: waiting is left to
 * the event loop.
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
