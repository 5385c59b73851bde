/**
 * The class of a store error. Responses and logs contain only the class: the driver's error
 * contains the statement and its parameters.
 */
export type StoreFault = 'unique_violation' | 'unavailable' | 'other'

const SQLITE_UNIQUE = 2067
const SQLITE_PRIMARY_KEY = 1555
// SQLITE_BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN
const SQLITE_UNAVAILABLE = new Set([5, 6, 7, 8, 10, 13, 14])
// Connection exceptions, insufficient resources, operator intervention, read-only transaction, lock
// timeouts, and rollbacks by concurrent transactions (deadlocks, serialization failures).
const POSTGRES_UNAVAILABLE = /^(08|53|57|25006|55P03|58|40)/
// The connection failed or was closed for any reason, such as a changed password or a closed
// database.
const POSTGRES_FATAL = new Set(['FATAL', 'PANIC'])
// The driver's own connection errors have no code. The last one occurs in the rollback after such
// an error.
const POSTGRES_BROKEN =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed) and is not queryable)/
/** The message of the error when a transaction waited too long in the queue. */
export const QUEUE_TIMEOUT = 'Too many transactions are waiting'
const SOCKET_UNAVAILABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ECONNABORTED',
  'EAI_AGAIN',
])

/**
 * The connection failed during the commit of a transaction, so that it may be committed or not. The
 * cause is the error of the driver.
 */
export class UnknownOutcomeError extends Error {
  constructor(cause: unknown) {
    super('The outcome of a commit is unknown', { cause })
    this.name = 'UnknownOutcomeError'
  }
}

/** Whether PostgreSQL itself reported an error that rolled the transaction back. */
export function isReportedRollback(cause: unknown): boolean {
  return cause instanceof Error && 'severity' in cause && cause.severity === 'ERROR'
}

/** Classifies an error of either engine. Returns undefined for any other error. */
export function classifyStoreError(cause: unknown): StoreFault | undefined {
  if (!(cause instanceof Error)) return undefined
  if (cause instanceof UnknownOutcomeError) return 'unavailable'
  if ('errcode' in cause && typeof cause.errcode === 'number') return sqliteFault(cause.errcode)
  if ('code' in cause && typeof cause.code === 'string') return postgresFault(cause.code, cause)
  const isUnavailable = cause.message === QUEUE_TIMEOUT || POSTGRES_BROKEN.test(cause.message)
  return isUnavailable ? 'unavailable' : undefined
}

function sqliteFault(errcode: number): StoreFault {
  if (errcode === SQLITE_UNIQUE || errcode === SQLITE_PRIMARY_KEY) return 'unique_violation'
  return SQLITE_UNAVAILABLE.has(errcode & 0xff) ? 'unavailable' : 'other'
}

function postgresFault(code: string, cause: Error): StoreFault | undefined {
  if (code === '23505') return 'unique_violation'
  if (SOCKET_UNAVAILABLE.has(code)) return 'unavailable'
  if (!('severity' in cause)) return undefined
  const isGone = typeof cause.severity === 'string' && POSTGRES_FATAL.has(cause.severity)
  return isGone || POSTGRES_UNAVAILABLE.test(code) ? 'unavailable' : 'other'
}
