import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../../kernel/route-handler.ts'
import { createIntegration } from './create.ts'
import { getIntegration } from './get.ts'
import { listIntegrations } from './list.ts'
import { listConnections } from './list-connections.ts'
import { putConnection } from './put-connection.ts'
import { removeIntegration } from './remove.ts'
import { removeConnection } from './remove-connection.ts'
import { updateIntegration } from './update.ts'

/** The routes of integrations and of their connections. */
export const integrationRoutes: readonly RouteHandler[] = [
  handle(routes.integrations.list, listIntegrations),
  handle(routes.integrations.create, createIntegration),
  handle(routes.integrations.get, getIntegration),
  handle(routes.integrations.update, updateIntegration),
  handle(routes.integrations.remove, removeIntegration),
  handle(routes.connections.list, listConnections),
  handle(routes.connections.put, putConnection),
  handle(routes.connections.remove, removeConnection),
]
