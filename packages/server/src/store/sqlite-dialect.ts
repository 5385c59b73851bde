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

const CACHED_STATEMENTS_MAX = 500

/**
 * A Kysely dialect over one `node:sqlite` connection. Transactions begin IMMEDIATE: a deferred one that
 * turns into a writer later can fail in the middle (SQLITE_BUSY_SNAPSHOT). Callers take turns: a second
 * transaction waits until the first has ended.
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
      // A failed statement (a full disk, say) may already have rolled back.
      if (database.isTransaction) await run('rollback')
    },
    destroy: async () => database.close(),
  }
}

function createConnection(database: DatabaseSync): DatabaseConnection {
  const statements = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = database.prepare(sql)
    if (statements.size >= CACHED_STATEMENTS_MAX) statements.clear()
    statements.set(sql, statement)
    return statement
  }
  return {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
      const statement = prepare(sql)
      // safe because Kysely compiled the query for columns of these types: text, number, null
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
