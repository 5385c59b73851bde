import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../../kernel/route-handler.ts'
import { createOrganization } from './create.ts'
import { getOrganization } from './get.ts'
import { listOrganizations } from './list.ts'
import { updateOrganization } from './update.ts'

export const organizationRoutes: readonly RouteHandler[] = [
  handle(routes.organizations.list, listOrganizations),
  handle(routes.organizations.create, createOrganization),
  handle(routes.organizations.get, getOrganization),
  handle(routes.organizations.update, updateOrganization),
]
