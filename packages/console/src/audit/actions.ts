import type { AuditAction } from '@keyporter/contract'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Every action with a label here. A test keeps them equal to the contract's actions. */
export const namedActions = Object.keys(messages)
  .filter((key) => key.startsWith('kind.'))
  .map((key) => key.slice('kind.'.length))
  .filter(isAction)

export function isAction(action: string | undefined): action is AuditAction {
  return action !== undefined && text.has(`kind.${action}`)
}

/** Returns the label of an action, such as "Credential revoked". */
export function actionName(action: AuditAction): string {
  return text(`kind.${action}`)
}
