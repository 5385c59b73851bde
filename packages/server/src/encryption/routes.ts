import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../kernel/route-handler.ts'
import { destroyEncryptionKeys } from './destroy-organization-keys.ts'
import { rotateEncryptionKeys } from './rotate.ts'
import { getEncryptionKeys } from './status.ts'

/** The routes of sealing keys. */
export const encryptionKeyRoutes: readonly Binding[] = [
  bind(routes.encryptionKeys.status, getEncryptionKeys),
  bind(routes.encryptionKeys.rotate, rotateEncryptionKeys),
  bind(routes.encryptionKeys.destroy, destroyEncryptionKeys),
]
