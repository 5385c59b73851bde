import type { Input, Output, routes } from '@keyporter/contract'
import { findOperator } from '../identity/organizations/index.ts'
import type { Context } from '../kernel/context.ts'

type Route = typeof routes.sessions.setupState

/** Whether the first organization still has to be set up. */
export async function getSetup(ctx: Context, _input: Input<Route>): Promise<Output<Route>> {
  return { needed: (await findOperator(ctx.db)) === undefined }
}
