import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../binding.ts'
import { authorizeConnection } from './authorize.ts'
import { createFetchToken } from './fetch-token.ts'
import { listConnections } from './list.ts'
import { putConnection } from './put.ts'
import { removeConnection } from './remove.ts'
import type { UpstreamTokens } from './upstream-tokens.ts'

/** The routes of connections. */
export function connectionRoutes(tokens: Pick<UpstreamTokens, 'fetchAnew'>): readonly Binding[] {
  return [
    bind(routes.connections.list, listConnections),
    bind(routes.connections.put, putConnection),
    bind(routes.connections.remove, removeConnection),
    bind(routes.connections.authorize, authorizeConnection),
    bind(routes.connections.fetchToken, createFetchToken(tokens)),
  ]
}
