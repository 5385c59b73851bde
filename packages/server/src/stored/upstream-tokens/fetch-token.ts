import type { routes } from '@keyporter/contract'
import { notFound } from '../../kernel/authorize.ts'
import type { Implementation } from '../../kernel/route-handler.ts'
import { findConnection, toResource } from '../integrations/index.ts'
import { requireTokenConnection } from './require-token-connection.ts'
import type { UpstreamTokens } from './upstream-tokens.ts'

/**
 * Creates the verb that fetches a new token unconditionally. The response does not contain the
 * token.
 */
export function createFetchToken(
  tokens: Pick<UpstreamTokens, 'fetchNewToken'>,
): Implementation<typeof routes.connections.fetchToken> {
  return async (ctx, { params }) => {
    const connection = await requireTokenConnection(ctx, params)
    await tokens.fetchNewToken(ctx, connection)
    const current = await findConnection(ctx.db, connection.integrationId, params.organization)
    if (current === undefined) throw notFound()
    return toResource(current)
  }
}
