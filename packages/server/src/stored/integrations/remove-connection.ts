import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import { notFound, requireVersion } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { connectionName } from './audit-entry.ts'
import { deleteConnection, findConnection } from './connection-rows.ts'
import { requireIntegration } from './get.ts'

type Route = typeof routes.connections.remove

/**
 * Deletes the connection of an organization, or the shared one. Calls that need it fail from now
 * on.
 *
 * @throws {AppError} `not_found`, `precondition_failed`
 */
export async function removeConnection(
  ctx: Context,
  { params, ifVersion }: Input<Route>,
): Promise<Output<Route>> {
  const integration = await requireIntegration(ctx, params.id)
  const before = await findConnection(ctx.db, integration.id, params.organization)
  if (before === undefined) throw notFound()
  requireVersion(before.version, ifVersion)
  await ctx.mutate(async (tx) => {
    if (!(await deleteConnection(tx, before))) {
      throw new AppError('precondition_failed', {
        detail: 'The connection has changed since it was loaded. Load it again.',
      })
    }
    return {
      result: undefined,
      audit: {
        action: 'connection.deleted',
        affected: { 'integration.changed': [integration.id] },
        target: {
          type: 'connection',
          id: before.id,
          name: connectionName(integration, before.owner),
        },
      },
    }
  })
  return undefined
}
