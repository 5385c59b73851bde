import { routes } from '@keyporter/contract'
import { handle, handleBytes, type RouteHandler } from '../../kernel/route-handler.ts'
import { createApi } from './create.ts'
import { getApi } from './get.ts'
import { importApi } from './import.ts'
import { listApis } from './list.ts'
import { updateApi } from './update.ts'

/** The routes of APIs. */
export const apiRoutes: readonly RouteHandler[] = [
  handle(routes.apis.list, listApis),
  handle(routes.apis.create, createApi),
  handle(routes.apis.get, getApi),
  handle(routes.apis.update, updateApi),
  handleBytes(routes.apis.import, importApi),
]
