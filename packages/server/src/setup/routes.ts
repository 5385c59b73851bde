import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../kernel/route-handler.ts'
import { getSetup } from './get-setup.ts'
import { setUp } from './set-up.ts'

/** The routes of the first start. */
export const setupRoutes: readonly RouteHandler[] = [
  handle(routes.sessions.setupState, getSetup),
  handle(routes.sessions.setup, setUp),
]
