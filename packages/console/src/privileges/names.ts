import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

export type PrivilegeName = Exclude<keyof typeof messages, `${string}.means`>

/** A privilege as a sentence, such as "See API credentials". */
export function privilegeName(privilege: PrivilegeName): string {
  return text(privilege)
}

/** What a privilege allows. */
export function privilegeMeaning(privilege: PrivilegeName): string {
  return text(`${privilege}.means`)
}
