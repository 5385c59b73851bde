import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../../kernel/context.ts'
import {
  type CodeLookup,
  consumeCode,
  findMember,
  findUsableCode,
  type Member,
  memberAuditEntry,
  revokeCodesOf,
  setPassword,
  toMember,
} from '../members/index.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { startAttempt } from './attempts.ts'
import { findPasswordOwner } from './password-owner.ts'
import { requireAcceptablePassword } from './password-rules.ts'
import { hashPassword } from './passwords.ts'
import { auditRejection, invalidCode } from './rejections.ts'

type Route = typeof routes.members.acceptInvitation

/**
 * Chooses a member's password with a one-time code. It works once; whoever was signed in as this member
 * is signed out. A password that is refused leaves the code as it is.
 *
 * @throws {AppError} `invalid_code`, `invalid_request` when the password is easily guessed, `rate_limited`
 */
export async function acceptInvitation(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  const use: CodeLookup = {
    purpose: 'join',
    digest: ctx.digests.digest(body.code),
    nowMs: ctx.clock.now(),
  }
  const member = await requireInvitedMember(ctx, use)
  await requireAcceptablePassword(
    body.password,
    await findPasswordOwner(ctx.db, member),
    '/password',
  )
  const passwordHash = await hashPassword(body.password, ctx.random)
  const { id, name, organizationId } = member
  return ctx.mutate(async (tx) => {
    // The member first, as everywhere: two who change the same member then wait for one another.
    const set = await setPassword(tx, organizationId, { id, passwordHash, nowMs: use.nowMs })
    if (!set || !(await consumeCode(tx, use))) throw invalidCode()
    await endSessionsOf(tx, organizationId, { memberId: id, nowMs: use.nowMs })
    await revokeCodesOf(tx, organizationId, { memberId: id, nowMs: use.nowMs })
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

async function requireInvitedMember(ctx: Context, use: CodeLookup): Promise<Member> {
  const thisTry = startAttempt(ctx, 'code')
  const code = await findUsableCode(ctx.db, use)
  const member =
    code?.organizationId === undefined || code.organizationId === null
      ? undefined
      : await findMember(ctx.db, code.organizationId, code.memberId ?? '')
  if (member === undefined || member.deactivatedAt !== null) {
    await auditRejection(ctx, { of: thisTry, members: [], otherwise: 'invalid_code' })
    throw invalidCode()
  }
  thisTry.recordSuccess()
  return member
}
