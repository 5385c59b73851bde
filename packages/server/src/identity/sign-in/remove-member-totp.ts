import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { requireMember, requirePrivilegesOf } from '../members/index.ts'
import { removeTotpOf } from './remove-totp.ts'

type Route = typeof routes.members.removeTotp

/**
 * Switches one-time codes off for a member who lost what shows them. Their password alone then signs them
 * in, so that nobody does this to someone who may do more.
 *
 * @throws {AppError} `not_found`, `cannot_grant` when the member may do more than the caller,
 *   `invalid_request` for the caller themselves, `precondition_failed` when the member was changed at the
 *   same moment
 */
export async function removeMemberTotp(
  ctx: Context,
  { params }: Input<Route>,
): Promise<Output<Route>> {
  const member = await requireMember(ctx, params.id)
  // A stolen session must not get rid of the second factor: one's own goes with the password.
  if (ctx.actor.kind === 'member' && ctx.actor.id === member.id) {
    throw new AppError('invalid_request', { detail: 'Switch your own off with your password.' })
  }
  requirePrivilegesOf(ctx.actor, member)
  await removeTotpOf(ctx, member)
}
