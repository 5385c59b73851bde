import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../kernel/route-handler.ts'
import { getSetup } from './get-setup.ts'
import { setUp } from './set-up.ts'

/** The routes of the first start. */
export const setupRoutes: readonly Binding[] = [
  bind(routes.sessions.setupState, getSetup),
  bind(routes.sessions.setup, setUp),
]
