import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../../kernel/route-handler.ts'
import { createCredential } from './create.ts'
import { getCredential } from './get.ts'
import { listCredentials } from './list.ts'
import { revokeCredential } from './revoke.ts'
import { updateCredential } from './update.ts'

/** The routes of issued credentials; their usage has its own. */
export const credentialRoutes: readonly Binding[] = [
  bind(routes.credentials.list, listCredentials),
  bind(routes.credentials.create, createCredential),
  bind(routes.credentials.get, getCredential),
  bind(routes.credentials.update, updateCredential),
  bind(routes.credentials.revoke, revokeCredential),
]
