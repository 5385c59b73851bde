/** Sessions: how long a member stays signed in on one device, and how a session ends. */
export { sessionRoutes } from './routes.ts'
export { endSessionsOf, findActiveSession, noteSeen, type Session } from './rows.ts'
export { isTimeToNote, readSessionCookie } from './rules.ts'
export { type Factor, startSession } from './start.ts'
