import type { Input, Output, routes } from '@keyporter/contract'
import { findOrganization } from '../identity/organizations/index.ts'
import { AppError } from '../kernel/app-error.ts'
import { notFound, requireOperator } from '../kernel/authorize.ts'
import type { Context } from '../kernel/context.ts'
import type { Writer } from '../store/open.ts'
import { auditOrganizationKeys } from './audit-entry.ts'
import { destroyOrganizationKeys } from './organization-key-rows.ts'

type Route = typeof routes.encryptionKeys.destroy

/**
 * Permanently destroys all encryption keys of an organization. The credentials of its connections must
 * be entered again, and its members must set up two-factor authentication again. The next encryption
 * creates a new key.
 *
 * @throws {AppError} `operator_only`, `not_found` when the organization does not exist,
 *   `invalid_request` when `confirm` is not the slug of the organization
 */
export async function destroyEncryptionKeys(
  ctx: Context,
  { body }: Input<Route>,
): Promise<Output<Route>> {
  requireOperator(ctx)
  const organization = await findOrganization(ctx.db, body.organizationId)
  if (organization === undefined) throw notFound()
  if (organization.slug !== body.confirm) throw notConfirmed()
  return ctx.mutate(async (tx) => {
    const { id: organizationId } = organization
    const keys = await destroyOrganizationKeys(tx, { organizationId }, ctx.clock.now())
    const connections = await markUndecryptable(tx, organizationId)
    return {
      result: { organizationId, keys, connections: connections.length },
      audit: auditOrganizationKeys(ctx, organization, {
        action: 'organization.keys_destroyed',
        affected: { 'connection.changed': connections },
      }),
    }
  })
}

/** Marks the connections with undecryptable credentials and returns their ids. */
async function markUndecryptable(tx: Writer, organizationId: string): Promise<readonly string[]> {
  const rows = await tx
    .updateTable('connections')
    .set(({ eb }) => ({
      status: 'needs_attention',
      statusReason: 'undecryptable',
      version: eb('version', '+', 1),
    }))
    .where('organizationId', '=', organizationId)
    .where('encryptedSecrets', 'is not', null)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

function notConfirmed(): AppError {
  const detail = 'Set confirm to the slug of the organization to destroy its keys'
  return new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: '/confirm', code: 'invalid', detail }],
  })
}
