import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import { differences } from '../../kernel/audit-diff.ts'
import { requireVersion } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { lockOrganization } from '../organizations/index.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { memberRecord } from './audit-entry.ts'
import { requireMember } from './get.ts'
import { killCodesOf } from './one-time-code-rows.ts'
import { toMember } from './presenter.ts'
import { type Member, selectJoinedMembers, updateMemberRow } from './rows.ts'
import {
  changeMember,
  isOwner,
  privilegesGiven,
  requireMayGrant,
  requireOwnerLeft,
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
  requireMayGrant(ctx.actor, privilegesGiven(present, next))
  requireVersion(present.version, ifVersion)
  const changes = describeChange(present, next)
  if (Object.keys(changes).length === 0) return toMember(present)
  return ctx.mutate(async (tx) => {
    await requireOwnerAfter(tx, present, next)
    if (!(await updateMemberRow(tx, ctx.organizationId, next))) throw changedMeanwhile()
    await endWhatIsOver(tx, present, next)
    return {
      result: toMember(next),
      ...memberRecord(next, { action: 'member.updated', changes }),
    }
  })
}

/** Two owners who take it from one another at the same moment: the lock makes one of them see the other. */
async function requireOwnerAfter(tx: Writer, present: Member, next: Member): Promise<void> {
  if (!isOwner(present) || isOwner(next)) return
  await lockOrganization(tx, present.organizationId)
  requireOwnerLeft(present, next, await selectJoinedMembers(tx, present.organizationId))
}

async function endWhatIsOver(tx: Writer, present: Member, next: Member): Promise<void> {
  const deactivated = next.deactivatedAt !== null
  const whose = { memberId: next.id, nowMs: next.updatedAt }
  if (deactivated) await endSessionsOf(tx, next.organizationId, whose)
  if (deactivated || privilegesGiven(present, next).length > 0) {
    await killCodesOf(tx, next.organizationId, whose)
  }
}

function describeChange(present: Member, next: Member) {
  const [from, to] = [statusOf(present), statusOf(next)]
  return {
    ...differences(present, next, ['name', 'privileges']),
    ...(from === to ? {} : { status: { from, to } }),
  }
}

/** The refusal of a change that met another one. */
export function changedMeanwhile(): AppError {
  return new AppError('precondition_failed', {
    detail: 'It was changed in the meantime. Load it again.',
  })
}
