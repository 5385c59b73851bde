import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../../kernel/context.ts'
import { requireOwnMember, revokeLinkCodesOf, setPassword } from '../members/index.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { findMemberNames } from './member-names.ts'
import { requireAcceptablePassword } from './password-rules.ts'
import { hashPassword } from './passwords.ts'
import { wrongCurrentPassword } from './rejections.ts'
import { requireCurrentPassword } from './require-current-password.ts'

type Route = typeof routes.sessions.changePassword

/**
 * Changes the caller's own password. Ends the caller's other sessions and revokes their invitation links.
 *
 * @throws {AppError} `sign_in_failed` when the current password is wrong, `invalid_request` when the new
 *   password is too weak, `not_found` when the caller is a credential, `rate_limited`
 */
export async function changePassword(ctx: Context, { body }: Input<Route>): Promise<Output<Route>> {
  const { member, sessionId } = await requireOwnMember(ctx)
  await requireCurrentPassword(ctx, member, body.currentPassword)
  await requireAcceptablePassword(
    body.newPassword,
    await findMemberNames(ctx.db, member),
    '/newPassword',
  )
  const newPassword = {
    id: member.id,
    passwordHash: await hashPassword(body.newPassword, ctx.random),
    replaces: member.passwordHash,
    nowMs: ctx.clock.now(),
  }
  await ctx.mutate(async (tx) => {
    if (!(await setPassword(tx, member.organizationId, newPassword))) throw wrongCurrentPassword()
    const owner = { memberId: member.id, nowMs: newPassword.nowMs }
    await endSessionsOf(tx, member.organizationId, {
      ...owner,
      exceptSessionId: sessionId,
    })
    await revokeLinkCodesOf(tx, member.organizationId, owner)
    return {
      result: undefined,
      audit: {
        action: 'member.password_changed',
        organizationId: member.organizationId,
        target: { type: 'member', id: member.id, name: member.name },
      },
    }
  })
}
