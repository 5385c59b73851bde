import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../../kernel/context.ts'
import {
  consumeLinkCode,
  findMember,
  findUsableLinkCode,
  type LinkCodeLookup,
  type Member,
  memberAuditEntry,
  revokeLinkCodesOf,
  setPassword,
  toMember,
} from '../members/index.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { startAttempt } from './attempts.ts'
import { findMemberNames } from './member-names.ts'
import { requireAcceptablePassword } from './password-rules.ts'
import { hashPassword } from './passwords.ts'
import { auditRejection, invalidCode } from './rejections.ts'

type Route = typeof routes.members.acceptInvitation

/**
 * Sets a member's password with an invitation code, and ends the member's sessions. A rejected password does
 * not consume the code.
 *
 * @throws {AppError} `invalid_code`, `invalid_request` when the password is too weak, `rate_limited`
 */
export async function acceptInvitation(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  const lookup: LinkCodeLookup = {
    purpose: 'invitation',
    digest: ctx.digests.keyedDigest(body.code),
    nowMs: ctx.clock.now(),
  }
  const member = await requireInvitedMember(ctx, lookup)
  await requireAcceptablePassword(body.password, await findMemberNames(ctx.db, member), '/password')
  const passwordHash = await hashPassword(body.password, ctx.random)
  const { id, name, organizationId } = member
  const { nowMs } = lookup
  return ctx.mutate(async (tx) => {
    // Updates the member first, as every transaction does: concurrent changes of one member are serialized.
    const set = await setPassword(tx, organizationId, { id, passwordHash, nowMs })
    if (!set || !(await consumeLinkCode(tx, lookup))) throw invalidCode()
    await endSessionsOf(tx, organizationId, { memberId: id, nowMs })
    await revokeLinkCodesOf(tx, organizationId, { memberId: id, nowMs })
    const joined = (await findMember(tx, organizationId, id)) ?? member
    return {
      result: toMember(joined),
      audit: memberAuditEntry(joined, {
        action: member.passwordHash === null ? 'member.joined' : 'member.password_changed',
        actor: { type: 'member', id, name },
      }),
    }
  })
}

async function requireInvitedMember(ctx: Context, lookup: LinkCodeLookup): Promise<Member> {
  const attempt = startAttempt(ctx, 'code')
  const code = await findUsableLinkCode(ctx.db, lookup)
  const member =
    code?.organizationId === undefined || code.organizationId === null
      ? undefined
      : await findMember(ctx.db, code.organizationId, code.memberId ?? '')
  if (member === undefined || member.deactivatedAt !== null) {
    await auditRejection(ctx, { attempt, members: [], reason: 'invalid_code' })
    throw invalidCode()
  }
  attempt.recordSuccess()
  return member
}
