import { type Input, type Output, permissionsOf, type routes } from '@keyporter/contract'
import {
  type CodeLookup,
  consumeCode,
  findUsableCode,
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
import { createOperator, newFirstMember, newOperator, setupCompleted } from './create-first.ts'

type Route = typeof routes.sessions.setup

/**
 * Makes the first organization, the operator, and its first member, who may do everything and is signed
 * in. The code works once; a password that is refused leaves it as it is.
 *
 * @throws {AppError} `setup_completed`, `invalid_code`, `invalid_request` when the password is easily guessed,
 *   `rate_limited`
 */
export async function setUp(ctx: Context, { body }: Input<Route>): Promise<Reply<Output<Route>>> {
  if ((await findOperator(ctx.db)) !== undefined) throw setupCompleted()
  const use = await requireSetupCode(ctx, body.code)
  await requireAcceptablePassword(body.password, body, '/password')
  const passwordHash = await hashPassword(body.password, ctx.random)
  const { email, name } = body
  const organization = newOperator(ctx, body.organizationName)
  const joined = newFirstMember(ctx, organization, { email, name, passwordHash })
  const member = { ...joined, lastSignedInAt: ctx.clock.now() }
  return ctx.mutate(async (tx) => {
    if (!(await consumeCode(tx, use))) {
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

async function requireSetupCode(ctx: Context, code: string): Promise<CodeLookup> {
  const thisTry = startAttempt(ctx, 'code')
  const use = {
    purpose: 'setup',
    digest: ctx.digests.digest(code),
    nowMs: ctx.clock.now(),
  } as const
  if ((await findUsableCode(ctx.db, use)) === undefined) throw invalidCode()
  thisTry.recordSuccess()
  return use
}
