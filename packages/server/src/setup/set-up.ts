import { type Input, type Output, permissionsOf, type routes } from '@keyporter/contract'
import {
  consumeLinkCode,
  findUsableLinkCode,
  type LinkCodeLookup,
  toCurrentSession,
} from '../identity/members/index.ts'
import { findOperator } from '../identity/organizations/index.ts'
import { startSession } from '../identity/sessions/index.ts'
import {
  hashPassword,
  invalidCode,
  requireAcceptablePassword,
  startAttempt,
} from '../identity/sign-in/index.ts'
import type { Context } from '../kernel/context.ts'
import { type Reply, reply } from '../kernel/route-handler.ts'
import { createOperator, newFirstMember, newOperator, setupCompleted } from './create-operator.ts'

type Route = typeof routes.sessions.setup

/**
 * Creates the operator and its first member, who has all privileges and is signed in. Consumes the code. A
 * rejected password does not consume it.
 *
 * @throws {AppError} `setup_completed`, `invalid_code`, `invalid_request` when the password is too weak,
 *   `rate_limited`
 */
export async function setUp(ctx: Context, { body }: Input<Route>): Promise<Reply<Output<Route>>> {
  if ((await findOperator(ctx.db)) !== undefined) throw setupCompleted()
  const lookup = await requireSetupCode(ctx, body.code)
  await requireAcceptablePassword(body.password, body, '/password')
  const passwordHash = await hashPassword(body.password, ctx.random)
  const { email, name } = body
  const organization = newOperator(ctx, body.organizationName)
  const firstMember = newFirstMember(ctx, organization, { email, name, passwordHash })
  const member = { ...firstMember, lastSignedInAt: ctx.clock.now() }
  return ctx.mutate(async (tx) => {
    if (!(await consumeLinkCode(tx, lookup))) {
      throw (await findOperator(tx)) === undefined ? invalidCode() : setupCompleted()
    }
    const { audit } = await createOperator(ctx, tx, { organization, member })
    const session = await startSession(ctx, tx, { member, factors: ['password'] })
    const permissions = permissionsOf(member.privileges)
    const actor = { kind: 'member', id: member.id, name, permissions } as const
    return {
      result: reply(toCurrentSession(actor, organization, member), { cookies: [session.cookie] }),
      audit: [...audit, session.audit],
    }
  })
}

async function requireSetupCode(ctx: Context, code: string): Promise<LinkCodeLookup> {
  const attempt = startAttempt(ctx, 'code')
  const lookup = {
    purpose: 'setup',
    digest: ctx.digests.keyedDigest(code),
    nowMs: ctx.clock.now(),
  } as const
  if ((await findUsableLinkCode(ctx.db, lookup)) === undefined) throw invalidCode()
  attempt.recordSuccess()
  return lookup
}
