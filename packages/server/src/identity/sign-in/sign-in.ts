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
import { chooseCandidate } from './choose-candidate.ts'
import { filterByPassword } from './find-candidates.ts'
import { verifyPassword } from './passwords.ts'
import { auditRejection, type RejectionReason, signInFailed } from './rejections.ts'
import { consumeSecondFactor, factorsOf } from './second-factor.ts'

type Route = typeof routes.sessions.signIn

// Whoever belongs to more organizations names one.
const MEMBERSHIPS_MAX = 10

/**
 * Signs a member in and begins a session. Someone who is a member of several organizations signs in to the
 * one they name, else to the one whose one-time code they send, else to the one where they were last, of
 * those whose password fits. An address that nobody has costs the same time, and is answered in the same
 * words, as a wrong password; that a code is needed is told to who knows the password.
 *
 * @throws {AppError} `sign_in_failed`, `totp_required`, `rate_limited`
 */
export async function signIn(ctx: Context, { body }: Input<Route>): Promise<Reply<Output<Route>>> {
  const thisTry = startAttempt(ctx, `sign-in ${body.email}`)
  const asked = await selectMembersByEmail(ctx.db, {
    email: body.email,
    organizationId: body.organizationId,
    limit: MEMBERSHIPS_MAX,
  })
  const candidates = asked.filter((member) => statusOf(member) === 'active')
  const fitting = await filterByPassword(candidates, body.password, verifyPassword)
  const organizations = await organizationsOf(ctx, fitting)
  const entrance = await chooseCandidate(ctx, fitting, body.totpCode)
  const organization = organizations.find(({ id }) => id === entrance?.member.organizationId)
  if (entrance === undefined || organization === undefined) {
    const members = asked.map((known) => ({ member: known, reason: rejectionReason(known) }))
    await auditRejection(ctx, { of: thisTry, members, otherwise: 'unknown_member' })
    throw signInFailed()
  }
  const { member, factor } = entrance
  if (factor.kind === 'wrong') {
    const members = [{ member, reason: 'wrong_totp_code' }] as const
    await auditRejection(ctx, { of: thisTry, members, otherwise: 'wrong_totp_code' })
    throw signInFailed()
  }
  thisTry.recordSuccess()
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
    detail: 'Send the code that your authenticator app shows, or a recovery code, as totpCode.',
  })
}
