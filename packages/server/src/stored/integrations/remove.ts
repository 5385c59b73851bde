import type { Input, Output, routes } from '@keyporter/contract'
import { AppError } from '../../kernel/app-error.ts'
import { requireVersion } from '../../kernel/authorize.ts'
import type { Context } from '../../kernel/context.ts'
import { deleteConnections } from './connection-bulk-rows.ts'
import { requireIntegration } from './get.ts'
import { deleteIntegrationRow, lockIntegration } from './rows.ts'

type Route = typeof routes.integrations.remove

/**
 * Deletes an integration with its connections and their secrets. Calls through it fail from now on.
 *
 * @throws {AppError} `not_found`, `precondition_failed`
 */
export async function removeIntegration(
  ctx: Context,
  { params, ifVersion }: Input<Route>,
): Promise<Output<Route>> {
  const integration = await requireIntegration(ctx, params.id)
  requireVersion(integration.version, ifVersion)
  const { id, name } = integration
  await ctx.mutate(async (tx) => {
    if (!(await lockIntegration(tx, integration))) {
      throw new AppError('precondition_failed', {
        detail: 'The integration has changed since it was loaded. Load it again.',
      })
    }
    const connectionCount = await deleteConnections(tx, id)
    await deleteIntegrationRow(tx, integration)
    return {
      result: undefined,
      audit: {
        action: 'integration.deleted',
        target: { type: 'integration', id, name },
        changes: { connections: { from: connectionCount, to: 0 } },
      },
    }
  })
  return undefined
}
