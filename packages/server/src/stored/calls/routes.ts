import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../../kernel/route-handler.ts'
import type { CallDeps } from './call-deps.ts'
import { testCall } from './check-connection.ts'
import { signCall } from './sign-call.ts'

/** The routes of calls; `/proxy` is no route of the contract. */
export function callRoutes(deps: CallDeps): readonly Binding[] {
  return [
    bind(routes.calls.sign, (ctx, input) => signCall(ctx, input, deps)),
    bind(routes.calls.test, (ctx, input) => testCall(ctx, input, deps)),
  ]
}
