import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../../kernel/route-handler.ts'
import { createOrganization } from './create.ts'
import { getOrganization } from './get.ts'
import { listOrganizations } from './list.ts'
import { updateOrganization } from './update.ts'

/** The routes of organizations. */
export const organizationRoutes: readonly Binding[] = [
  bind(routes.organizations.list, listOrganizations),
  bind(routes.organizations.create, createOrganization),
  bind(routes.organizations.get, getOrganization),
  bind(routes.organizations.update, updateOrganization),
]
