import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { memberAuditEntry } from './audit-entry.ts'
import { requireMember } from './get.ts'
import { newInvitation } from './invitation.ts'
import { insertCode, revokeCodesOf } from './one-time-code-rows.ts'
import { lockMember, type Member } from './rows.ts'
import { requirePrivilegesOf } from './rules.ts'
import { concurrentChange } from './update.ts'

type Route = typeof routes.members.invite

/**
 * Makes a new one-time link with which a member chooses a password; the older ones die. Until it is used
 * nothing else changes: the member's password and sessions stay.
 *
 * @throws {AppError} `not_found`, `cannot_grant` when the member may do more than the caller,
 *   `invalid_request` for the caller themselves and for someone who is deactivated, `precondition_failed`
 *   when the member was changed at the same moment
 */
export async function inviteMember(ctx: Context, { params }: Input<Route>): Promise<Output<Route>> {
  const member = await requireMember(ctx, params.id)
  requireInvitable(ctx, member)
  requirePrivilegesOf(ctx.actor, member)
  const invitation = newInvitation(ctx, member)
  return ctx.mutate(async (tx) => {
    // What was judged above must still be so: a link to someone who was raised meanwhile is worth more.
    if (!(await lockMember(tx, ctx.organizationId, member))) throw concurrentChange()
    await revokeCodesOf(tx, ctx.organizationId, { memberId: member.id, nowMs: ctx.clock.now() })
    await insertCode(tx, invitation.row)
    return {
      result: invitation.shown,
      audit: memberAuditEntry(member, { action: 'member.invited' }),
    }
  })
}

/** A stolen session must not become a password: one's own is changed with the current one. */
function requireInvitable({ actor }: Context, member: Member): void {
  if (actor.kind === 'member' && actor.id === member.id) {
    throw new AppError('invalid_request', { detail: 'Change your own password instead.' })
  }
  if (member.deactivatedAt !== null) {
    throw new AppError('invalid_request', { detail: 'This member is deactivated.' })
  }
}
