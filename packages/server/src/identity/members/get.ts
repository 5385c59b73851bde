import type { Input, Output, routes } from '@keyporter/contract'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { toMember } from './presenter.ts'
import { findMember, type Member } from './rows.ts'

type Route = typeof routes.members.get

/**
 * Returns a member of the organization.
 *
 * @throws {AppError} `not_found`
 */
export async function getMember(ctx: Context, { params }: Input<Route>): Promise<Output<Route>> {
  return toMember(await requireMember(ctx, params.id))
}

/**
 * Returns the stored member of the organization.
 *
 * @throws {AppError} `not_found` when the member does not exist, or belongs to another organization
 */
export async function requireMember(ctx: Context, id: string): Promise<Member> {
  const member = await findMember(ctx.db, ctx.organizationId, id)
  if (member === undefined) throw notFound()
  return member
}

/**
 * Returns the calling member, for operations that credentials do not have (password, preferences).
 *
 * @throws {AppError} `not_found` when the caller is a credential
 */
export async function requireOwnMember({
  actor,
  db,
}: Context): Promise<{ readonly member: Member; readonly sessionId: string }> {
  if (actor.kind !== 'member') throw notFound()
  const member = await findMember(db, actor.organizationId, actor.id)
  if (member === undefined) throw notFound()
  return { member, sessionId: actor.sessionId }
}
