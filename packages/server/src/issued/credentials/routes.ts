import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../../kernel/route-handler.ts'
import { createCredential } from './create.ts'
import { getCredential } from './get.ts'
import { listCredentials } from './list.ts'
import { revokeCredential } from './revoke.ts'
import { updateCredential } from './update.ts'

/** The routes of issued credentials, except usage. */
export const credentialRoutes: readonly RouteHandler[] = [
  handle(routes.credentials.list, listCredentials),
  handle(routes.credentials.create, createCredential),
  handle(routes.credentials.get, getCredential),
  handle(routes.credentials.update, updateCredential),
  handle(routes.credentials.revoke, revokeCredential),
]
