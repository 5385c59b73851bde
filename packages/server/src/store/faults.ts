/**
 * What went wrong in a store, told apart without ever showing the driver's own error: that one carries
 * the statement and its parameters.
 */
export type StoreFault = 'unique_violation' | 'unavailable' | 'other'

const SQLITE_UNIQUE = 2067
const SQLITE_PRIMARY_KEY = 1555
// SQLITE_BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN
const SQLITE_UNAVAILABLE = new Set([5, 6, 7, 8, 10, 13, 14])
// Connection exceptions, insufficient resources, operator intervention, read-only transaction, lock timeouts,
// and transactions that were rolled back because others were in the way (deadlocks)
const POSTGRES_UNAVAILABLE = /^(08|53|57|25006|55P03|58|40)/
// The connection is not made, or is gone, whatever the reason: a password that was changed, a database that
// lets nobody in.
const POSTGRES_FATAL = new Set(['FATAL', 'PANIC'])
// What the driver itself says of a connection has no code. The last one comes of the rollback that follows.
const POSTGRES_BROKEN =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed) and is not queryable)/
/** What is said when a transaction waited in vain for others to end. */
export const TOO_BUSY = 'Too many transactions are waiting'
const SOCKET_UNAVAILABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EHOSTUNREACH',
])

/** Classifies an error thrown by either engine; undefined when it is not one of a store. */
export function storeFault(cause: unknown): StoreFault | undefined {
  if (!(cause instanceof Error)) return undefined
  if ('errcode' in cause && typeof cause.errcode === 'number') return sqliteFault(cause.errcode)
  if ('code' in cause && typeof cause.code === 'string') return postgresFault(cause.code, cause)
  const isUnavailable = cause.message === TOO_BUSY || POSTGRES_BROKEN.test(cause.message)
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
