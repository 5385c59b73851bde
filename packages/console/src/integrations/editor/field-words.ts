import { catalogue } from '../../messages/catalogue.ts'
import type { AuthKind } from '../integration.ts'
import messages from './field.messages.json'

const text = catalogue(messages)

/** What a field is called, in this way of signing in. */
export function fieldName(name: string, kind: AuthKind): string {
  const own = `${kind}.${name}`
  if (text.has(own)) return text(own)
  return text.has(name) ? text(name) : name
}
