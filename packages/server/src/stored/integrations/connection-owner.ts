import { findOperator, findOrganization } from '../../identity/organizations/index.ts'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { SHARED } from './connection-rows.ts'
import { type StoredIntegration } from './rows.ts'

/** Whose values a connection holds. */
export type Holder = {
  /** An organization's id, or `shared`. */
  readonly holder: string
  /** Whose key seals them. */
  readonly organizationId: string
  /** Null for `shared`. */
  readonly organizationName: string | null
}

/**
 * The holder that a path names: `shared`, or an organization that can have values here. That is any for an
 * integration of the operator, and for everybody else their own.
 *
 * @throws {AppError} `not_found`
 */
export async function requireHolder(
  ctx: Context,
  integration: StoredIntegration,
  named: string,
): Promise<Holder> {
  const owner = integration.organizationId
  if (named === SHARED) return { holder: SHARED, organizationId: owner, organizationName: null }
  const isOpen = named === owner || (await findOperator(ctx.db))?.id === owner
  const organization = isOpen ? await findOrganization(ctx.db, named) : undefined
  if (organization === undefined) throw notFound()
  return { holder: named, organizationId: named, organizationName: organization.name }
}
