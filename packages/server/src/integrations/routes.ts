import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../binding.ts'
import { createIntegration } from './create.ts'
import { getIntegration } from './get.ts'
import { listIntegrations } from './list.ts'
import { removeIntegration } from './remove.ts'
import { updateIntegration } from './update.ts'

/** The routes of integrations; their connections and calls have their own. */
export const integrationRoutes: readonly Binding[] = [
  bind(routes.integrations.list, listIntegrations),
  bind(routes.integrations.create, createIntegration),
  bind(routes.integrations.get, getIntegration),
  bind(routes.integrations.update, updateIntegration),
  bind(routes.integrations.remove, removeIntegration),
]
