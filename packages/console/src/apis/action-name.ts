import type { PermissionAction } from '@keyporter/protocol'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Returns the label of an action: Read, Write or Delete. */
export function actionName(action: PermissionAction): string {
  return text(`action.${action}`)
}
