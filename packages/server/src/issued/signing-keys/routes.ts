import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../../kernel/route-handler.ts'
import { listSigningKeys } from './list.ts'
import { rotateSigningKey } from './rotate.ts'

/** The routes of signing keys. */
export const signingKeyRoutes: readonly Binding[] = [
  bind(routes.signingKeys.list, listSigningKeys),
  bind(routes.signingKeys.rotate, rotateSigningKey),
]
