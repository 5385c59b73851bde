import type { Input, Output, routes } from '@keyporter/contract'
import { requireOperator } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { toSigningKey } from './presenter.ts'
import { selectKeys } from './rows.ts'

type Route = typeof routes.signingKeys.list

/** Lists all keys that are not destroyed, oldest first. @throws {AppError} `operator_only` */
export async function listSigningKeys(ctx: Context, _input: Input<Route>): Promise<Output<Route>> {
  requireOperator(ctx)
  const keys = await selectKeys(ctx.db)
  return { data: keys.map((key) => toSigningKey(key, keys, ctx.clock.now())), nextCursor: null }
}
