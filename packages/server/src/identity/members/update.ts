import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import { describeChange } from '../../kernel/audit-diff.ts'
import { requireVersion } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { lockOrganization } from '../organizations/index.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { memberAuditEntry } from './audit-entry.ts'
import { requireMember } from './get.ts'
import { revokeCodesOf } from './one-time-code-rows.ts'
import { toMember } from './presenter.ts'
import { type Member, selectActiveMembers, updateMemberRow } from './rows.ts'
import {
  changeMember,
  grantedPrivileges,
  isOwner,
  requireCanGrant,
  requireRemainingOwner,
  statusOf,
} from './rules.ts'

type Route = typeof routes.members.update

/**
 * Changes a member: name, privileges, whether they may sign in. Takes effect with their next request, in
 * sessions that are open too; deactivation ends these. Taking away needs no more than to manage members;
 * what is given the caller must hold. Who is given more needs a new invitation, because whoever has an
 * older link was trusted with less.
 *
 * @throws {AppError} `not_found`, `cannot_grant`, `last_owner`, `precondition_failed`
 */
export async function updateMember(
  ctx: Context,
  { params, body, ifVersion }: Input<Route>,
): Promise<Output<Route>> {
  const present = await requireMember(ctx, params.id)
  const next = changeMember(present, body, ctx.clock.now())
  requireCanGrant(ctx.actor, grantedPrivileges(present, next))
  requireVersion(present.version, ifVersion)
  const changes = describeMemberChange(present, next)
  if (Object.keys(changes).length === 0) return toMember(present)
  return ctx.mutate(async (tx) => {
    await requireOwnerRemains(tx, present, next)
    if (!(await updateMemberRow(tx, ctx.organizationId, next))) throw concurrentChange()
    await endSessionsAndCodes(tx, present, next)
    return {
      result: toMember(next),
      audit: memberAuditEntry(next, { action: 'member.updated', changes }),
    }
  })
}

/** Two owners who take it from one another at the same moment: the lock makes one of them see the other. */
async function requireOwnerRemains(tx: Writer, present: Member, next: Member): Promise<void> {
  if (!isOwner(present) || isOwner(next)) return
  await lockOrganization(tx, present.organizationId)
  requireRemainingOwner(present, next, await selectActiveMembers(tx, present.organizationId))
}

async function endSessionsAndCodes(tx: Writer, present: Member, next: Member): Promise<void> {
  const deactivated = next.deactivatedAt !== null
  const whose = { memberId: next.id, nowMs: next.updatedAt }
  if (deactivated) await endSessionsOf(tx, next.organizationId, whose)
  if (deactivated || grantedPrivileges(present, next).length > 0) {
    await revokeCodesOf(tx, next.organizationId, whose)
  }
}

function describeMemberChange(present: Member, next: Member) {
  const [from, to] = [statusOf(present), statusOf(next)]
  return {
    ...describeChange(present, next, ['name', 'privileges']),
    ...(from === to ? {} : { status: { from, to } }),
  }
}

/** The refusal of a change that met another one. */
export function concurrentChange(): AppError {
  return new AppError('precondition_failed', {
    detail: 'It was changed in the meantime. Load it again.',
  })
}
