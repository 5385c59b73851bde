import { chmodSync, mkdirSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { CamelCasePlugin, Kysely, sql, type Transaction } from 'kysely'
import type { ReadonlyKysely } from 'kysely/readonly'
import { lockDirectory } from './directory-lock.ts'
import type { Engine } from './engine.ts'
import { isReportedRollback, UnknownOutcomeError } from './faults.ts'
import { migrate } from './migrate.ts'
import type { Tables } from './tables.ts'
import { createTransactionQueue } from './transaction-queue.ts'

/** A read-only handle. */
export type Reader = ReadonlyKysely<Tables>
/** A handle inside a writable transaction. */
export type Writer = Transaction<Tables>

/** An open store. */
export type Store = {
  readonly engine: Engine
  /** A read-only handle: on both engines the connection itself rejects writes. */
  readonly reader: Reader
  /**
   * Runs `work` in one writable transaction.
   *
   * @throws {UnknownOutcomeError} if the connection fails during the commit (PostgreSQL)
   */
  readonly transact: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  /**
   * Locks the change feed so that `seq` follows the commit order. Call it after all other writes, and before the
   * appends of audit events and change records.
   */
  readonly lockAppends: (tx: Writer) => Promise<void>
  /** Notifies the change feeds of all nodes when the transaction commits. */
  readonly notifyOnCommit: (tx: Writer) => Promise<void>
  /**
   * Calls the listener after a commit of any node. A notification can be lost. Returns a function
   * that unsubscribes.
   */
  readonly listenForCommits: (listener: () => void) => Promise<() => Promise<void>>
  readonly close: () => Promise<void>
}

/** The location of the data: a local directory or a PostgreSQL server. */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly directory: string }
  | { readonly kind: 'postgres'; readonly url: string }

/**
 * Opens the store and migrates its schema.
 *
 * @throws {Error} when another process has locked the directory, or the schema is newer than this
 *   release
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
    // synchronous FULL makes a commit durable before it returns. A negative cache_size is in KiB.
    writing.exec(`
      pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
      pragma busy_timeout = 5000; pragma cache_size = -8000; pragma secure_delete = on; pragma trusted_schema = off`)
    // SQLite creates the WAL and shared-memory files with the mode of this file.
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
      // SQLite has one writer, so transactions are already serialized.
      lockAppends: async () => undefined,
      notifyOnCommit: async () => undefined,
      listenForCommits: async (listener) => {
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

// Arbitrary constants, the same on every node.
const APPEND_LOCK = 0x6b70_0001
const MIGRATION_LOCK = 0x6b70_0002
const CHANNEL = 'keyporter_changes'

// Statement timeouts. Reads serve requests whose clients rarely wait longer than this.
const READ_MS_MAX = 5_000
const WRITE_MS_MAX = 15_000

// The pool has one timeout for connecting and for waiting for an idle connection. Waiting needs a
// longer one, because a burst of changes can take more than three seconds. So transactions wait in
// a queue in front of the pool.
const CONNECT_MS_MAX = 3_000
const CONNECTIONS_MAX = 10
const QUEUE_WAIT_MS_MAX = 10_000

async function openPostgres(url: string): Promise<Store> {
  const { default: pg } = await import('pg')
  const { PostgresDialect } = await import('kysely')
  // Parse int8 as number: instants and counters are below 2^53.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number)
  const pool = (options: string, statementMsMax: number) => {
    const made = new pg.Pool({
      connectionString: url,
      max: CONNECTIONS_MAX,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      idleTimeoutMillis: statementMsMax,
      statement_timeout: statementMsMax,
      idle_in_transaction_session_timeout: 30_000,
      options,
      stream: () => socketWithIdleTimeout(statementMsMax + 1_000),
    })
    // The pool replaces a broken connection on next use, and its query rejects. Without an error
    // listener the process would exit: the pool's listener covers idle connections, the client's
    // covers connections in use.
    made.on('error', () => undefined)
    made.on('connect', (client) => void client.on('error', () => undefined))
    return made
  }
  const writer = createKysely(new PostgresDialect({ pool: pool('-c timezone=UTC', WRITE_MS_MAX) }))
  const reader = createKysely(
    new PostgresDialect({
      pool: pool('-c timezone=UTC -c default_transaction_read_only=on', READ_MS_MAX),
    }),
  )
  try {
    await migrate(writer, 'postgres', (work) => underMigrationLock(pg, url, work))
  } catch (cause) {
    await Promise.allSettled([reader.destroy(), writer.destroy()])
    throw cause
  }
  const enqueue = createTransactionQueue({
    concurrencyMax: CONNECTIONS_MAX,
    waitMsMax: QUEUE_WAIT_MS_MAX,
  })
  return {
    engine: 'postgres',
    reader: asReader(reader),
    transact: (work) => enqueue(() => transactOnPostgres(writer, work)),
    lockAppends: async (tx) =>
      void (await sql`select pg_advisory_xact_lock(${APPEND_LOCK})`.execute(tx)),
    notifyOnCommit: async (tx) => void (await sql`select pg_notify(${CHANNEL}, '')`.execute(tx)),
    listenForCommits: async (listener) => listen(pg, url, listener),
    close: async () => {
      await reader.destroy()
      await writer.destroy()
    },
  }
}

async function transactOnPostgres<T>(
  writer: Kysely<Tables>,
  work: (tx: Writer) => Promise<T>,
): Promise<T> {
  let isCommitting = false
  try {
    return await writer.transaction().execute(async (tx) => {
      const result = await work(tx)
      isCommitting = true
      return result
    })
  } catch (cause) {
    // An error that the server reports, such as a violated constraint, means that the transaction
    // was rolled back. After any other error, the outcome is unknown.
    if (isCommitting && !isReportedRollback(cause)) throw new UnknownOutcomeError(cause)
    throw cause
  }
}

/**
 * Runs `work` while a dedicated connection has the migration lock, so that no other node migrates.
 */
async function underMigrationLock(
  pg: typeof import('pg').default,
  url: string,
  work: () => Promise<void>,
): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await work()
  } finally {
    // Closing the connection releases the lock in every case.
    await client.end().catch(() => undefined)
  }
}

/**
 * Returns a socket that closes after a silence longer than any statement may take. Otherwise a
 * query to a paused server, or to one that a failover replaced, would wait forever.
 */
function socketWithIdleTimeout(idleMsMax: number): Socket {
  const socket = new Socket()
  return socket.setTimeout(idleMsMax, () => socket.destroy())
}

/** Listens for notifications on a dedicated connection, and reconnects when it is closed. */
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
      connectionTimeoutMillis: CONNECT_MS_MAX,
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
      // The 'end' event follows and reconnects. Until then the change feed relies on polling.
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
  // safe because ReadonlyKysely is the same object with fewer methods, and the connection rejects
  // writes
  return db as unknown as Reader
}
