import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { connectTo } from './postgres.ts'

/** The data directory and database of a Keyporter. */
export type DataLocation = {
  readonly dataDirectory: string
  readonly databaseUrl: string | undefined
}

/** A row as the engine returns it. */
export type Row = Readonly<Record<string, unknown>>

type Query = (sql: string) => Promise<Row[]>

/** Runs a query without Keyporter and returns its rows. */
export async function readRows(location: DataLocation, sql: string): Promise<Row[]> {
  return withDatabase(location, (query) => query(sql))
}

/** Returns the rows of all tables, except the usage counters that are written in the background. */
export async function readTables(location: DataLocation): Promise<Record<string, readonly Row[]>> {
  return withDatabase(location, async (query) => {
    const tables: Record<string, readonly Row[]> = {}
    for (const name of await tableNames(location, query)) {
      const rows = await query(`select * from ${name}`)
      tables[name] = sortByText(rows)
    }
    return tables
  })
}

async function withDatabase<T>(
  location: DataLocation,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  if (location.databaseUrl === undefined) {
    const database = new DatabaseSync(join(location.dataDirectory, 'keyporter.sqlite'))
    try {
      return await work(async (sql) => database.prepare(sql).all())
    } finally {
      database.close()
    }
  }
  const client = await connectTo(location.databaseUrl)
  return work(async (sql) => (await client.query(sql)).rows)
}

const COUNTED = new Set(['usage_counters', 'last_uses'])

async function tableNames(location: DataLocation, query: Query): Promise<readonly string[]> {
  const rows = await query(
    location.databaseUrl === undefined
      ? "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name"
      : "select tablename as name from pg_tables where schemaname = 'public' order by tablename",
  )
  return rows.map(({ name }) => String(name)).filter((name) => !COUNTED.has(name))
}

function sortByText(rows: readonly Row[]): readonly Row[] {
  return rows
    .map((row) => [JSON.stringify(row), row] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row)
}
