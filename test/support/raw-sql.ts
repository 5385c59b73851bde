import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { TestServer } from './server.ts'

/** Runs SQL past the program, as someone does who got hold of its database. */
export async function runSql(server: TestServer, ...statements: string[]): Promise<void> {
  if (server.databaseUrl === undefined) {
    const database = new DatabaseSync(join(server.dataDirectory, 'keyporter.sqlite'))
    try {
      for (const statement of statements) database.exec(statement)
    } finally {
      database.close()
    }
    return
  }
  const client = new pg.Client({ connectionString: server.databaseUrl })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
