import type { Context } from '../../kernel/context.ts'
import type { Reader, Writer } from '../../store/open.ts'
import { findOrganization } from './rows.ts'
import type { Features, Policy } from './rules.ts'

/** The features of the organization that the context acts within; undefined when there is none. */
export async function findFeatures(
  ctx: Pick<Context, 'db' | 'organizationId'>,
): Promise<Features | undefined> {
  return (await findOrganization(ctx.db, ctx.organizationId))?.features
}

/** What the credentials of an organization may be; undefined when there is no such organization. */
export async function findPolicy(
  db: Reader | Writer,
  organizationId: string,
): Promise<Policy | undefined> {
  return (await findOrganization(db, organizationId))?.policy
}
