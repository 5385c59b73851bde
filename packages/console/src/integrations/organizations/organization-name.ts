import { catalogue } from '../../messages/catalogue.ts'
import type { Connection } from '../integration.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** The organization whose values they are, by its name. */
export function nameOf({ organizationName, organizationId }: Connection): string {
  return organizationName ?? organizationId ?? text('shared')
}
