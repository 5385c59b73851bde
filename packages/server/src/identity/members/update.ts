import { auditedFields, type Input, type Output, type routes } from '@keyporter/contract'
import { describeChange } from '../../kernel/audit-diff.ts'
import { concurrentChange, requireVersion } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { lockOrganization } from '../organizations/index.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { memberAuditEntry } from './audit-entry.ts'
import { requireMember } from './get.ts'
import { revokeLinkCodesOf } from './link-code-rows.ts'
import { toMember } from './presenter.ts'
import { type Member, selectActiveMembers, updateMemberRow } from './rows.ts'
import {
  changeMember,
  grantedPrivileges,
  isOwner,
  requireCanGrant,
  requireRemainingOwner,
} from './rules.ts'

type Route = typeof routes.members.update

/**
 * Updates a member's name, privileges or activation. The change applies to the member's next request;
 * deactivation ends the member's sessions. The caller must have the privileges that the change grants, but
 * not those that it removes. Granting a privilege revokes open invitation links, because they were created
 * for fewer privileges.
 *
 * @throws {AppError} `not_found`, `cannot_grant`, `last_owner`, `precondition_failed`
 */
export async function updateMember(
  ctx: Context,
  { params, body, ifVersion }: Input<Route>,
): Promise<Output<Route>> {
  const current = await requireMember(ctx, params.id)
  const next = changeMember(current, body, ctx.clock.now())
  requireCanGrant(ctx.actor, grantedPrivileges(current, next))
  requireVersion(current.version, ifVersion)
  const changes = describeChange(toMember(current), toMember(next), auditedFields.member)
  if (Object.keys(changes).length === 0) return toMember(current)
  return ctx.mutate(async (tx) => {
    await requireOwnerRemains(tx, current, next)
    if (!(await updateMemberRow(tx, ctx.organizationId, next))) throw concurrentChange()
    await endSessionsAndCodes(tx, current, next)
    return {
      result: toMember(next),
      audit: memberAuditEntry(next, { action: 'member.updated', changes }),
    }
  })
}

/** Locks the organization, so that two owners cannot remove each other concurrently. */
async function requireOwnerRemains(tx: Writer, current: Member, next: Member): Promise<void> {
  if (!isOwner(current) || isOwner(next)) return
  await lockOrganization(tx, current.organizationId)
  requireRemainingOwner(current, next, await selectActiveMembers(tx, current.organizationId))
}

async function endSessionsAndCodes(tx: Writer, current: Member, next: Member): Promise<void> {
  const deactivated = next.deactivatedAt !== null
  const member = { memberId: next.id, nowMs: next.updatedAt }
  if (deactivated) await endSessionsOf(tx, next.organizationId, member)
  if (deactivated || grantedPrivileges(current, next).length > 0) {
    await revokeLinkCodesOf(tx, next.organizationId, member)
  }
}
