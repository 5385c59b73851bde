import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../kernel/route-handler.ts'
import { destroySealingKeys } from './destroy-organization-keys.ts'
import { rotateSealingKeys } from './rotate.ts'
import { getSealingKeys } from './status.ts'

/** The routes of sealing keys. */
export const sealingKeyRoutes: readonly Binding[] = [
  bind(routes.sealingKeys.status, getSealingKeys),
  bind(routes.sealingKeys.rotate, rotateSealingKeys),
  bind(routes.sealingKeys.destroy, destroySealingKeys),
]
