import { routes } from '@keyporter/contract'
import { type Binding, bind, bindRaw } from '../../kernel/route-handler.ts'
import { createApi } from './create.ts'
import { getApi } from './get.ts'
import { importApi } from './import.ts'
import { listApis } from './list.ts'
import { updateApi } from './update.ts'

/** The routes of apis. */
export const apiRoutes: readonly Binding[] = [
  bind(routes.apis.list, listApis),
  bind(routes.apis.create, createApi),
  bind(routes.apis.get, getApi),
  bind(routes.apis.update, updateApi),
  bindRaw(routes.apis.import, importApi),
]
