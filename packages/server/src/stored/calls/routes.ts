import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../../kernel/route-handler.ts'
import type { CallDeps } from './call-deps.ts'
import { checkConnection } from './check-connection.ts'
import { signCall } from './sign-call.ts'

/** The routes of calls. `/proxy` is mounted separately because it is not in the contract. */
export function callRoutes(deps: CallDeps): readonly RouteHandler[] {
  return [
    handle(routes.calls.sign, (ctx, input) => signCall(ctx, input, deps)),
    handle(routes.calls.test, (ctx, input) => checkConnection(ctx, input, deps)),
  ]
}
