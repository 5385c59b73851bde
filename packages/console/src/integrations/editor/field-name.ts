import { catalogue } from '../../messages/catalogue.ts'
import type { AuthKind } from '../integration.ts'
import messages from './field.messages.json'

const text = catalogue(messages)

/** Returns the label of a field of an authentication type. */
export function fieldName(name: string, kind: AuthKind): string {
  const own = `${kind}.${name}`
  if (text.has(own)) return text(own)
  return text.has(name) ? text(name) : name
}
