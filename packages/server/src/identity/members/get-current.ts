import type { Input, Output, routes } from '@keyporter/contract'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { findOrganization } from '../organizations/index.ts'
import { toCurrentSession } from './presenter.ts'
import { findMember } from './rows.ts'

type Route = typeof routes.sessions.current

/** Returns the caller, a member or a credential, with its organization and its current permissions. */
export async function getCurrentSession(
  ctx: Context,
  _input: Input<Route>,
): Promise<Output<Route>> {
  const { actor } = ctx
  const organization = await findOrganization(ctx.db, ctx.organizationId)
  const member =
    actor.kind === 'member' ? await findMember(ctx.db, ctx.organizationId, actor.id) : undefined
  // Deleted since the caller was authenticated.
  if (organization === undefined) throw notFound()
  return toCurrentSession(actor, organization, member ?? null)
}
