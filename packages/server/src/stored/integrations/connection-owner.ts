import { findOperator, findOrganization } from '../../identity/organizations/index.ts'
import { notFound } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { SHARED } from './connection-rows.ts'
import { type StoredIntegration } from './rows.ts'

/** The owner of a connection. */
export type ConnectionOwner = {
  /** An organization's ID, or `shared`. */
  readonly id: string
  /** The organization of the encryption key. */
  readonly organizationId: string
  /** Null for `shared`. */
  readonly organizationName: string | null
}

/**
 * Returns the owner that a path names: `shared`, or an organization that may have a connection for
 * this integration. An integration of the operator may have connections of any organization, other
 * integrations only of their own organization.
 *
 * @throws {AppError} `not_found`
 */
export async function requireOwner(
  ctx: Context,
  integration: StoredIntegration,
  named: string,
): Promise<ConnectionOwner> {
  const integrationOwner = integration.organizationId
  if (named === SHARED)
    return { id: SHARED, organizationId: integrationOwner, organizationName: null }
  const isOpen = named === integrationOwner || (await findOperator(ctx.db))?.id === integrationOwner
  const organization = isOpen ? await findOrganization(ctx.db, named) : undefined
  if (organization === undefined) throw notFound()
  return { id: named, organizationId: named, organizationName: organization.name }
}
