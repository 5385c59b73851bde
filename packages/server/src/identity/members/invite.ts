import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import { concurrentChange } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { memberAuditEntry } from './audit-entry.ts'
import { requireMember } from './get.ts'
import { newInvitation } from './invitation.ts'
import { insertLinkCode, revokeLinkCodesOf } from './link-code-rows.ts'
import { lockMember, type Member } from './rows.ts'
import { requirePrivilegesOf } from './rules.ts'

type Route = typeof routes.members.invite

/**
 * Creates a single-use link to choose a password, and revokes the member's earlier links. The current
 * password and sessions stay valid until the link is used.
 *
 * @throws {AppError} `not_found`, `cannot_grant` when the member has privileges that the caller lacks,
 *   `invalid_request` for the caller's own member and for a deactivated member, `precondition_failed`
 *   when the member was changed concurrently
 */
export async function inviteMember(ctx: Context, { params }: Input<Route>): Promise<Output<Route>> {
  const member = await requireMember(ctx, params.id)
  requireInvitable(ctx, member)
  requirePrivilegesOf(ctx.actor, member)
  const invitation = newInvitation(ctx, member)
  return ctx.mutate(async (tx) => {
    // The checks above must still be true: a privilege granted meanwhile would make the link more powerful.
    if (!(await lockMember(tx, ctx.organizationId, member))) throw concurrentChange()
    await revokeLinkCodesOf(tx, ctx.organizationId, { memberId: member.id, nowMs: ctx.clock.now() })
    await insertLinkCode(tx, invitation.row)
    return {
      result: invitation.shown,
      audit: memberAuditEntry(member, { action: 'member.invited' }),
    }
  })
}

/** Changing one's own password requires the current one, so that a stolen session cannot set a password. */
function requireInvitable({ actor }: Context, member: Member): void {
  if (actor.kind === 'member' && actor.id === member.id) {
    throw new AppError('invalid_request', {
      detail: 'You cannot invite yourself. Change your password with the current one instead.',
    })
  }
  if (member.deactivatedAt !== null) {
    throw new AppError('invalid_request', {
      detail: 'This member is deactivated. Reactivate the member first.',
    })
  }
}
