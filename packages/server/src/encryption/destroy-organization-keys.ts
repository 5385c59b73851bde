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
 * Destroys every key of an organization, for good: its connections have to be given their values again,
 * and its members set one-time codes up anew. What is sealed from now on gets a new key.
 *
 * @throws {AppError} `operator_only`, `not_found` when there is no such organization, `invalid_request`
 *   when its slug is another one
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
    const connections = await markUnreadable(tx, organizationId)
    return {
      result: { organizationId, keys, connections: connections.length },
      audit: auditOrganizationKeys(ctx, organization, {
        action: 'organization.keys_destroyed',
        affected: { 'connection.changed': connections },
      }),
    }
  })
}

/** Marks the connections whose values nobody can read any more, because their key is gone; returns which. */
async function markUnreadable(tx: Writer, organizationId: string): Promise<readonly string[]> {
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
  const detail = 'Type the slug of the organization whose keys are to be destroyed'
  return new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: '/confirm', code: 'invalid', detail }],
  })
}
