import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

export type PrivilegeName = Exclude<
  keyof typeof messages,
  `${string}.phrase` | `${string}.description`
>

/** Returns the label of a privilege, such as "View API credentials". */
export function privilegeName(privilege: PrivilegeName): string {
  return text(privilege)
}

/** Returns a privilege for use within a sentence, such as "view API credentials". */
export function privilegePhrase(privilege: PrivilegeName): string {
  return text(`${privilege}.phrase`)
}

/** Returns the help text of a privilege. */
export function privilegeDescription(privilege: PrivilegeName): string {
  return text(`${privilege}.description`)
}
