import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../../kernel/route-handler.ts'
import { endSession, signOut } from './end.ts'
import { listSessions } from './list.ts'

/** The routes that list and end sessions. `identity/sign-in` creates sessions. */
export const sessionRoutes: readonly RouteHandler[] = [
  handle(routes.sessions.list, listSessions),
  handle(routes.sessions.end, endSession),
  handle(routes.sessions.signOut, signOut),
]
