import { type Input, type Output, permissionsOf, type routes } from '@keyporter/contract'
import { type Reply, reply } from '../binding.ts'
import type { Context } from '../context.ts'
import { findOrganization, type Organization } from '../organizations/index.ts'
import { findFitting } from './find-fitting.ts'
import { type Member, noteSignIn, selectMembersByEmail } from './member-rows.ts'
import { verifyPassword } from './passwords.ts'
import { type RefusalReason, recordRefusal, signInFailed } from './refusals.ts'
import { toWhoAmI } from './resource.ts'
import { statusOf } from './rules.ts'
import { startSession } from './start-session.ts'
import { beginTry } from './tries.ts'

type Route = typeof routes.sessions.signIn

// Whoever belongs to more organizations names one.
const MEMBERSHIPS_MAX = 10

/**
 * Signs a member in and begins a session. Someone who is a member of several organizations signs in to the
 * one they name, else to the one where they were last of those whose password fits. An address that nobody
 * has costs the same time, and is answered in the same words, as a wrong password.
 *
 * @throws {AppError} `sign_in_failed`, `rate_limited`
 */
export async function signIn(ctx: Context, { body }: Input<Route>): Promise<Reply<Output<Route>>> {
  const thisTry = beginTry(ctx, `sign-in ${body.email}`)
  const asked = await selectMembersByEmail(ctx.db, {
    email: body.email,
    organizationId: body.organizationId,
    limit: MEMBERSHIPS_MAX,
  })
  const candidates = asked.filter((member) => statusOf(member) === 'active')
  const fitting = await findFitting(candidates, body.password, verifyPassword)
  const organizations = await organizationsOf(ctx, fitting)
  const [member] = fitting
  const organization = organizations.find(({ id }) => id === member?.organizationId)
  if (member === undefined || organization === undefined) {
    const members = asked.map((known) => ({ member: known, reason: refusalReason(known) }))
    await recordRefusal(ctx, { of: thisTry, members, otherwise: 'unknown_member' })
    throw signInFailed()
  }
  thisTry.forgive()
  const signedIn = { ...member, lastSignedInAt: ctx.clock.now() }
  const { cookie } = await ctx.mutate(async (tx) => {
    if (!(await noteSignIn(tx, member.organizationId, signedIn))) throw signInFailed()
    const session = await startSession(ctx, tx, signedIn)
    return { result: session, audit: session.audit, changes: [] }
  })
  const permissions = permissionsOf(member.privileges)
  const actor = { kind: 'member', id: member.id, name: member.name, permissions } as const
  return reply(
    { ...toWhoAmI(actor, organization, signedIn), organizations: [...organizations] },
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
  return found.filter((organization) => organization !== undefined)
}

function refusalReason(member: Member): RefusalReason {
  const status = statusOf(member)
  return status === 'active' ? 'wrong_password' : status
}
