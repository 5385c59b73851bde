import type { Input, Output, routes } from '@keyporter/contract'
import { findOperator } from '../identity/organizations/index.ts'
import type { Context } from '../kernel/context.ts'

type Route = typeof routes.sessions.setupState

/** Returns whether setup is still required. */
export async function getSetupState(ctx: Context, _input: Input<Route>): Promise<Output<Route>> {
  return { needed: (await findOperator(ctx.db)) === undefined }
}
