import { type Input, type Output, permissionsOf, type routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { type Reply, reply } from '../../kernel/route-handler.ts'
import {
  type Member,
  recordSignIn,
  selectMembersByEmail,
  statusOf,
  toCurrentSession,
} from '../members/index.ts'
import { findOrganization, type Organization } from '../organizations/index.ts'
import { startSession } from '../sessions/index.ts'
import { startAttempt } from './attempts.ts'
import { verifyPassword } from './passwords.ts'
import { auditRejection, type RejectionReason, signInFailed } from './rejections.ts'
import { consumeSecondFactor, factorsOf } from './second-factor.ts'
import { chooseCandidate, filterByPassword } from './sign-in-candidates.ts'

type Route = typeof routes.sessions.signIn

// Bounds the password hashes per request. A person with more memberships must name an organization.
const MEMBERSHIPS_MAX = 10

/**
 * Signs a member in and creates a session. Among the memberships whose password matches, it chooses the
 * requested organization, else the one whose second factor matches, else the one of the last sign-in.
 * An unknown address takes the same time and gives the same response as a wrong password. Only a caller
 * who knows the password learns that a code is required.
 *
 * @throws {AppError} `sign_in_failed`, `totp_required`, `rate_limited`
 */
export async function signIn(ctx: Context, { body }: Input<Route>): Promise<Reply<Output<Route>>> {
  const attempt = startAttempt(ctx, `sign-in ${body.email}`)
  const members = await selectMembersByEmail(ctx.db, {
    email: body.email,
    organizationId: body.organizationId,
    limit: MEMBERSHIPS_MAX,
  })
  const activeMembers = members.filter((member) => statusOf(member) === 'active')
  const matching = await filterByPassword(activeMembers, body.password, verifyPassword)
  const organizations = await organizationsOf(ctx, matching)
  const candidate = await chooseCandidate(ctx, matching, body.totpCode)
  const organization = organizations.find(({ id }) => id === candidate?.member.organizationId)
  if (candidate === undefined || organization === undefined) {
    const rejected = members.map((member) => ({ member, reason: rejectionReason(member) }))
    await auditRejection(ctx, { attempt, members: rejected, reason: 'unknown_member' })
    throw signInFailed()
  }
  const { member, factor } = candidate
  if (factor.kind === 'wrong') {
    const reason = 'wrong_totp_code'
    await auditRejection(ctx, { attempt, members: [{ member, reason }], reason })
    throw signInFailed()
  }
  attempt.recordSuccess()
  if (factor.kind === 'missing') throw totpRequired()
  const nowMs = ctx.clock.now()
  const signedIn = { ...member, lastSignedInAt: nowMs }
  const { cookie } = await ctx.mutate(async (tx) => {
    if (!(await recordSignIn(tx, member.organizationId, signedIn))) throw signInFailed()
    if (!(await consumeSecondFactor(tx, member, { factor, nowMs }))) throw signInFailed()
    const session = await startSession(ctx, tx, { member: signedIn, factors: factorsOf(factor) })
    return { result: session, audit: session.audit }
  })
  const permissions = permissionsOf(member.privileges)
  const actor = { kind: 'member', id: member.id, name: member.name, permissions } as const
  return reply(
    { ...toCurrentSession(actor, organization, signedIn), organizations: [...organizations] },
    { cookies: [cookie] },
  )
}

async function organizationsOf(
  { db }: Context,
  members: readonly Member[],
): Promise<readonly Organization[]> {
  const found = await Promise.all(
    members.map(({ organizationId }) => findOrganization(db, organizationId)),
  )
  return found
    .filter((organization) => organization !== undefined)
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
}

function rejectionReason(member: Member): RejectionReason {
  const status = statusOf(member)
  return status === 'active' ? 'wrong_password' : status
}

function totpRequired(): AppError {
  return new AppError('totp_required', {
    detail:
      'A one-time code is required. Send the code of the authenticator app, or a recovery code, as totpCode.',
  })
}
