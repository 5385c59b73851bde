import type { DatabaseSync, StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { createCache } from '../platform/cache.ts'

const CACHED_STATEMENTS_MAX = 500

/**
 * Returns a Kysely dialect for one `node:sqlite` connection. Writers begin IMMEDIATE, because a
 * deferred transaction that starts to write later can fail (SQLITE_BUSY_SNAPSHOT). Transactions run
 * one after the other.
 */
export function sqliteDialect(database: DatabaseSync, begin: 'immediate' | 'deferred'): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(database, begin),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

function createDriver(database: DatabaseSync, begin: 'immediate' | 'deferred'): Driver {
  const connection = createConnection(database)
  let tail: Promise<void> = Promise.resolve()
  let release: () => void = () => undefined
  const run = (sql: string) => connection.executeQuery(CompiledQuery.raw(sql))
  return {
    init: async () => undefined,
    acquireConnection: async () => {
      const before = tail
      const { promise, resolve } = Promise.withResolvers<void>()
      tail = promise
      await before
      release = resolve
      return connection
    },
    releaseConnection: async () => release(),
    beginTransaction: async () =>
      void (await run(begin === 'immediate' ? 'begin immediate' : 'begin')),
    commitTransaction: async () => void (await run('commit')),
    rollbackTransaction: async () => {
      // SQLite may already have rolled back after a failed statement, for example on a full disk.
      if (database.isTransaction) await run('rollback')
    },
    destroy: async () => database.close(),
  }
}

function createConnection(database: DatabaseSync): DatabaseConnection {
  const statements = createCache<StatementSync>({ entriesMax: CACHED_STATEMENTS_MAX })
  const prepare = (sql: string): StatementSync => {
    const cached = statements.peek(sql)
    if (cached !== undefined) return cached
    const statement = database.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  return {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
      const statement = prepare(sql)
      // safe because all columns are of the types text, number and null
      const values = parameters as (string | number | null)[]
      if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] }
      const { changes } = statement.run(...values)
      return { rows: [], numAffectedRows: BigInt(changes) }
    },
    streamQuery: () => {
      throw new TypeError('Streaming queries are not used')
    },
  }
}
