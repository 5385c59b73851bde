import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { requireMember, requirePrivilegesOf } from '../members/index.ts'
import { removeTotpOf } from './remove-totp.ts'

type Route = typeof routes.members.removeTotp

/**
 * Disables two-factor authentication for a member who lost access to the authenticator app. The password
 * alone then suffices to sign in, so the caller must have all privileges of the member.
 *
 * @throws {AppError} `not_found`, `cannot_grant` when the member has privileges that the caller lacks,
 *   `invalid_request` for the caller's own member, `precondition_failed` when the member was changed
 *   concurrently
 */
export async function removeMemberTotp(
  ctx: Context,
  { params }: Input<Route>,
): Promise<Output<Route>> {
  const member = await requireMember(ctx, params.id)
  // Removing one's own second factor requires the password, so that a stolen session cannot remove it.
  if (ctx.actor.kind === 'member' && ctx.actor.id === member.id) {
    throw new AppError('invalid_request', {
      detail:
        'You cannot remove your own second factor here. Disable it in your account with your password.',
    })
  }
  requirePrivilegesOf(ctx.actor, member)
  await removeTotpOf(ctx, member)
}
