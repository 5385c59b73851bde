import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../binding.ts'
import { listConnections } from './list.ts'
import { putConnection } from './put.ts'
import { removeConnection } from './remove.ts'

/** The routes of connections. */
export const connectionRoutes: readonly Binding[] = [
  bind(routes.connections.list, listConnections),
  bind(routes.connections.put, putConnection),
  bind(routes.connections.remove, removeConnection),
]
