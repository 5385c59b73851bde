import { chmodSync, mkdirSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { CamelCasePlugin, Kysely, sql, type Transaction } from 'kysely'
import type { ReadonlyKysely } from 'kysely/readonly'
import type { Engine } from './engine.ts'
import { lockDirectory } from './lock.ts'
import { migrate } from './migrate.ts'
import type { Tables } from './tables.ts'
import { createTransactionQueue } from './transaction-queue.ts'

/** A handle that reads. */
export type Reader = ReadonlyKysely<Tables>
/** A handle inside a writable transaction. */
export type Writer = Transaction<Tables>

/** An open store. */
export type Store = {
  readonly engine: Engine
  /** Reads only; on both engines the connection itself refuses to write. */
  readonly reader: Reader
  /** Runs `work` in one writable transaction. */
  readonly transact: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  /** Takes the lock that makes the commit order of appended changes their number's order. Last in a transaction. */
  readonly lockAppends: (tx: Writer) => Promise<void>
  /** Wakes readers of the change feed, on every node, when the transaction commits. */
  readonly announce: (tx: Writer) => Promise<void>
  /** Calls back whenever a commit of any node was announced; no promise that it does. Returns how to stop. */
  readonly onAnnounced: (listener: () => void) => Promise<() => Promise<void>>
  readonly close: () => Promise<void>
}

/** Where the data lives: a directory of this machine, or a PostgreSQL server. */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly directory: string }
  | { readonly kind: 'postgres'; readonly url: string }

/**
 * Opens the store, brings its schema up to date under a lock, and returns it.
 *
 * @throws {Error} when another process holds the directory (naming it), or the schema is newer than this program
 */
export async function openStore(location: StoreLocation): Promise<Store> {
  return location.kind === 'sqlite' ? openSqlite(location.directory) : openPostgres(location.url)
}

async function openSqlite(directory: string): Promise<Store> {
  const { DatabaseSync } = await import('node:sqlite')
  const { sqliteDialect } = await import('./sqlite-dialect.ts')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  chmodSync(directory, 0o700)
  const unlock = lockDirectory(directory)
  try {
    const path = join(directory, 'keyporter.sqlite')
    const writing = new DatabaseSync(path)
    // FULL: a commit is on the disk before it is acknowledged. Negative cache_size is in KiB.
    writing.exec(`
      pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
      pragma busy_timeout = 5000; pragma cache_size = -8000; pragma secure_delete = on; pragma trusted_schema = off`)
    // SQLite gives the log and shared-memory files, made on first use, the mode of this one.
    chmodSync(path, 0o600)
    const writer = createKysely(sqliteDialect(writing, 'immediate'))
    await migrate(writer, 'sqlite', async (work) => work())
    const reading = new DatabaseSync(path)
    reading.exec('pragma query_only = on; pragma busy_timeout = 5000; pragma cache_size = -8000')
    const reader = createKysely(sqliteDialect(reading, 'deferred'))
    const listeners = new Set<() => void>()
    return {
      engine: 'sqlite',
      reader: asReader(reader),
      transact: async (work) => {
        const result = await writer.transaction().execute(work)
        for (const listener of listeners) listener()
        return result
      },
      // There is one writer: transactions follow one another already.
      lockAppends: async () => undefined,
      announce: async () => undefined,
      onAnnounced: async (listener) => {
        listeners.add(listener)
        return async () => void listeners.delete(listener)
      },
      close: async () => {
        await reader.destroy()
        await writer.destroy()
        unlock()
      },
    }
  } catch (cause) {
    unlock()
    throw cause
  }
}

// Any two constants, the same on every node.
const APPEND_LOCK = 0x6b70_0001
const MIGRATION_LOCK = 0x6b70_0002
const CHANNEL = 'keyporter_changes'

// How long one statement may take. Readers are the hot paths: whoever waits longer for a token has gone.
const READING_MS_MAX = 5_000
const WRITING_MS_MAX = 15_000

// A connection is made within three seconds or not at all. Whoever only waits for one that others use does
// not wait in the pool, which knows one limit for both: a burst of changes takes longer than that.
const CONNECTING_MS_MAX = 3_000
const CONNECTIONS_MAX = 10
const TURN_WAIT_MS_MAX = 10_000

async function openPostgres(url: string): Promise<Store> {
  const { default: pg } = await import('pg')
  const { PostgresDialect } = await import('kysely')
  // int8 as number: instants and counters stay below 2^53.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number)
  const pool = (options: string, statementMsMax: number) => {
    const made = new pg.Pool({
      connectionString: url,
      max: CONNECTIONS_MAX,
      connectionTimeoutMillis: CONNECTING_MS_MAX,
      idleTimeoutMillis: statementMsMax,
      statement_timeout: statementMsMax,
      idle_in_transaction_session_timeout: 30_000,
      options,
      stream: () => impatientSocket(statementMsMax + 1_000),
    })
    // A connection that breaks is replaced on next use, and what it was asked fails by itself. Without
    // listeners it would end the process: the pool's is for idle ones, those in use need their own.
    made.on('error', () => undefined)
    made.on('connect', (client) => void client.on('error', () => undefined))
    return made
  }
  const writer = createKysely(
    new PostgresDialect({ pool: pool('-c timezone=UTC', WRITING_MS_MAX) }),
  )
  const reader = createKysely(
    new PostgresDialect({
      pool: pool('-c timezone=UTC -c default_transaction_read_only=on', READING_MS_MAX),
    }),
  )
  try {
    await migrate(writer, 'postgres', (work) => underMigrationLock(pg, url, work))
  } catch (cause) {
    await Promise.allSettled([reader.destroy(), writer.destroy()])
    throw cause
  }
  const inTurn = createTransactionQueue({
    concurrencyMax: CONNECTIONS_MAX,
    waitMsMax: TURN_WAIT_MS_MAX,
  })
  return {
    engine: 'postgres',
    reader: asReader(reader),
    transact: (work) => inTurn(() => writer.transaction().execute(work)),
    lockAppends: async (tx) =>
      void (await sql`select pg_advisory_xact_lock(${APPEND_LOCK})`.execute(tx)),
    announce: async (tx) => void (await sql`select pg_notify(${CHANNEL}, '')`.execute(tx)),
    onAnnounced: async (listener) => listen(pg, url, listener),
    close: async () => {
      await reader.destroy()
      await writer.destroy()
    },
  }
}

/** Works under the lock that keeps other nodes from migrating, held by a connection of its own for as long as it takes. */
async function underMigrationLock(
  pg: typeof import('pg').default,
  url: string,
  work: () => Promise<void>,
): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECTING_MS_MAX,
    keepAlive: true,
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await work()
  } finally {
    // Ending the connection releases the lock, whatever state it is in.
    await client.end().catch(() => undefined)
  }
}

/**
 * A connection over which nothing came for longer than any statement may take is given up: a server that
 * is paused, or that a failover left behind, would otherwise be waited for without end.
 */
function impatientSocket(silentMsMax: number): Socket {
  const socket = new Socket()
  return socket.setTimeout(silentMsMax, () => socket.destroy())
}

/** Listens on a connection of its own, and comes back after the connection was cut. */
async function listen(
  pg: typeof import('pg').default,
  url: string,
  listener: () => void,
): Promise<() => Promise<void>> {
  let stopped = false
  let client: import('pg').Client | undefined
  let timer: NodeJS.Timeout | undefined
  const connect = async (): Promise<void> => {
    if (stopped) return
    const made = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECTING_MS_MAX,
      keepAlive: true,
    })
    client = made
    made.on('error', () => undefined)
    made.on('notification', listener)
    made.on('end', () => {
      if (!stopped) timer = setTimeout(() => void connect(), 1_000).unref()
    })
    try {
      await made.connect()
      await made.query(`listen ${CHANNEL}`)
    } catch {
      // 'end' follows and tries again; polling keeps the bound meanwhile.
      await made.end().catch(() => undefined)
    }
  }
  await connect()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await client?.end().catch(() => undefined)
  }
}

function createKysely(dialect: ConstructorParameters<typeof Kysely>[0]['dialect']): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect,
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
}

function asReader(db: Kysely<Tables>): Reader {
  // safe because ReadonlyKysely is the same object with fewer methods; the connection refuses to write too
  return db as unknown as Reader
}
