import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../kernel/route-handler.ts'
import { destroyEncryptionKeys } from './destroy-organization-keys.ts'
import { rotateEncryptionKeys } from './rotate.ts'
import { getEncryptionKeys } from './status.ts'

/** Routes of the encryption keys. */
export const encryptionKeyRoutes: readonly RouteHandler[] = [
  handle(routes.encryptionKeys.status, getEncryptionKeys),
  handle(routes.encryptionKeys.rotate, rotateEncryptionKeys),
  handle(routes.encryptionKeys.destroy, destroyEncryptionKeys),
]
