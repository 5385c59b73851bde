import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../kernel/route-handler.ts'
import { getSetupState } from './get-setup-state.ts'
import { setUp } from './set-up.ts'

export const setupRoutes: readonly RouteHandler[] = [
  handle(routes.sessions.setupState, getSetupState),
  handle(routes.sessions.setup, setUp),
]
