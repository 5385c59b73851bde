import { catalogue } from '../../messages/catalogue.ts'
import type { Connection } from '../integration.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Returns the name of the organization that owns a connection. */
export function nameOf({ organizationName, organizationId }: Connection): string {
  return organizationName ?? organizationId ?? text('shared')
}
