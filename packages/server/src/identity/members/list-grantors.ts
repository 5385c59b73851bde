import type { Input, Output, routes } from '@keyporter/contract'
import type { Context } from '../../kernel/context.ts'
import { selectMembersWithPrivilege } from './rows.ts'
import { grantorNames } from './rules.ts'

type Route = typeof routes.sessions.grantors

/** Lists the names of members of the caller's organization who can grant a privilege. */
export async function listGrantors(ctx: Context, { query }: Input<Route>): Promise<Output<Route>> {
  const managers = await selectMembersWithPrivilege(ctx.db, ctx.organizationId, 'members.manage')
  const names = grantorNames(managers, query.privilege)
  return { data: names.map((name) => ({ name })), nextCursor: null }
}
