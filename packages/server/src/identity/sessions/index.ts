/** Sessions: how long a member stays signed in on one device, and how a session ends. */
export { sessionRoutes } from './routes.ts'
export { endSessionsOf, findActiveSession, recordLastSeen, type Session } from './rows.ts'
export { readSessionCookie, shouldRecordLastSeen } from './rules.ts'
export { type Factor, startSession } from './start.ts'
