import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'

/** Where the data of a Keyporter lies. */
export type DataPlace = {
  readonly dataDirectory: string
  readonly databaseUrl: string | undefined
}

/** A row as the engine gives it. */
export type Row = Readonly<Record<string, unknown>>

/** Runs a query past the program and gives its rows. */
export async function readRows(place: DataPlace, query: string): Promise<Row[]> {
  if (place.databaseUrl === undefined) {
    const database = new DatabaseSync(join(place.dataDirectory, 'keyporter.sqlite'))
    try {
      return database.prepare(query).all()
    } finally {
      database.close()
    }
  }
  const client = new pg.Client({ connectionString: place.databaseUrl })
  await client.connect()
  try {
    return (await client.query(query)).rows
  } finally {
    await client.end()
  }
}

/**
 * Everything that stands in the tables: of each one its rows as texts, in an order of their own. Left out
 * is what usage counts in the background.
 */
export async function readTables(place: DataPlace): Promise<Record<string, readonly string[]>> {
  const tables: Record<string, readonly string[]> = {}
  for (const name of await tableNames(place)) {
    const rows = await readRows(place, `select * from ${name}`)
    tables[name] = rows.map((row) => JSON.stringify(row)).sort()
  }
  return tables
}

const COUNTED = new Set(['usage_counters', 'last_uses'])

async function tableNames(place: DataPlace): Promise<readonly string[]> {
  const query =
    place.databaseUrl === undefined
      ? "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name"
      : "select tablename as name from pg_tables where schemaname = 'public' order by tablename"
  const rows = await readRows(place, query)
  return rows.map(({ name }) => String(name)).filter((name) => !COUNTED.has(name))
}
