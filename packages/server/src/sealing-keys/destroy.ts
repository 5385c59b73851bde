import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../app-error.ts'
import { notFound, requireOperator } from '../authorize.ts'
import type { Context } from '../context.ts'
import { findOrganization } from '../organizations/index.ts'
import { destroyOrganizationKeys } from '../store/organization-keys.ts'
import { markUnreadable } from '../store/unreadable.ts'
import { organizationKeysRecord } from './record.ts'

type Route = typeof routes.sealingKeys.destroy

/**
 * Destroys every key of an organization, for good: its connections have to be given their values again,
 * and its members set one-time codes up anew. What is sealed from now on gets a new key.
 *
 * @throws {AppError} `operator_only`, `not_found` when there is no such organization, `invalid_request`
 *   when its slug is another one
 */
export async function destroySealingKeys(
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
    const { audit, changes } = organizationKeysRecord(
      ctx,
      organization,
      'organization.keys_destroyed',
    )
    return {
      result: { organizationId, keys, connections: connections.length },
      audit,
      changes: [
        ...changes,
        ...connections.map((subjectId) => ({
          kind: 'connection.changed' as const,
          organizationId,
          subjectId,
        })),
      ],
    }
  })
}

function notConfirmed(): AppError {
  const detail = 'Type the slug of the organization whose keys are to be destroyed'
  return new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer: '/confirm', code: 'invalid', detail }],
  })
}
