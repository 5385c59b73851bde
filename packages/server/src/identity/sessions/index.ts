/** Sessions: the cookie of a signed-in member, its idle and absolute timeouts, and sign-out. */
export { sessionRoutes } from './routes.ts'
export { endSessionsOf, findActiveSession, recordLastSeen, type Session } from './rows.ts'
export { readSessionCookie, shouldRecordLastSeen } from './rules.ts'
export { type Factor, startSession } from './start.ts'
