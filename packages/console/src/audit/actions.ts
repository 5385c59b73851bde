import type { AuditAction } from '@keyporter/contract'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Every action that has a name here: those of the contract, which a test keeps. */
export const namedActions = Object.keys(messages)
  .filter((key) => key.startsWith('kind.'))
  .map((key) => key.slice('kind.'.length))
  .filter(isAction)

/** Whether a text is an action of the log. */
export function isAction(action: string | undefined): action is AuditAction {
  return action !== undefined && text.has(`kind.${action}`)
}

/** An action in few words, such as "Credential revoked". */
export function actionName(action: AuditAction): string {
  return text(`kind.${action}`)
}
