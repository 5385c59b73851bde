import type { Input, Output, routes } from '@keyporter/contract'
import { formatInstant } from '@keyporter/protocol'
import { requireOperator } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { algorithmOf, type SigningKeyRow, selectKeys } from './rows.ts'
import { stateAt } from './rules.ts'

type Route = typeof routes.signingKeys.list

/** Every key that is not destroyed, oldest first. @throws {AppError} `operator_only` */
export async function listSigningKeys(ctx: Context, _input: Input<Route>): Promise<Output<Route>> {
  requireOperator(ctx)
  const keys = await selectKeys(ctx.db)
  return { data: keys.map((key) => toSigningKey(key, keys, ctx.clock.now())), nextCursor: null }
}

/** A row as the API shows it. */
export function toSigningKey(row: SigningKeyRow, keys: readonly SigningKeyRow[], nowMs: number) {
  const { status, retiresAt } = stateAt(row, keys, nowMs)
  return {
    id: row.kid,
    algorithm: algorithmOf(row),
    status,
    createdAt: formatInstant(row.createdAt),
    activatesAt: formatInstant(row.activatesAt),
    retiresAt: retiresAt === null ? null : formatInstant(retiresAt),
  }
}
