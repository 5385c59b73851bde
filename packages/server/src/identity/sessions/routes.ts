import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../../kernel/route-handler.ts'
import { endSession, signOut } from './end.ts'
import { listSessions } from './list.ts'

/** The routes of sessions; `identity/sign-in` creates sessions. */
export const sessionRoutes: readonly Binding[] = [
  bind(routes.sessions.list, listSessions),
  bind(routes.sessions.end, endSession),
  bind(routes.sessions.signOut, signOut),
]
