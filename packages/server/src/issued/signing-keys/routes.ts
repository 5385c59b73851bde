import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../../kernel/route-handler.ts'
import { listSigningKeys } from './list.ts'
import { rotateSigningKey } from './rotate.ts'

/** The routes of signing keys. */
export const signingKeyRoutes: readonly RouteHandler[] = [
  handle(routes.signingKeys.list, listSigningKeys),
  handle(routes.signingKeys.rotate, rotateSigningKey),
]
