import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../../kernel/route-handler.ts'
import { createIntegration } from './create.ts'
import { getIntegration } from './get.ts'
import { listIntegrations } from './list.ts'
import { listConnections } from './list-connections.ts'
import { putConnection } from './put-connection.ts'
import { removeIntegration } from './remove.ts'
import { removeConnection } from './remove-connection.ts'
import { updateIntegration } from './update.ts'

/** The routes of integrations and of their connections. */
export const integrationRoutes: readonly Binding[] = [
  bind(routes.integrations.list, listIntegrations),
  bind(routes.integrations.create, createIntegration),
  bind(routes.integrations.get, getIntegration),
  bind(routes.integrations.update, updateIntegration),
  bind(routes.integrations.remove, removeIntegration),
  bind(routes.connections.list, listConnections),
  bind(routes.connections.put, putConnection),
  bind(routes.connections.remove, removeConnection),
]
