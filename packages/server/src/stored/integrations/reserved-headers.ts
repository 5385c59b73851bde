import { comparableFieldName, isReservedField, ownHeaders } from '@keyporter/protocol'
import type { AuthSettings } from './auth-settings.ts'

/** Headers that are derived from other settings. */
const always: ReadonlyMap<string, string> = new Map([
  ['host', 'Set by the base URL'],
  ['content-length', 'Set by the request body'],
  ['content-type', 'Set by the field contentType'],
])

/** Returns the reason why this header can never be set; undefined if it can. */
export function reservedForAll(name: string): string | undefined {
  const reason = always.get(comparableFieldName(name))
  if (reason !== undefined || !isReservedField(name)) return reason
  return 'Reserved: Keyporter sets this header itself'
}

/**
 * Returns the reason why this header cannot be set with these authentication settings; undefined if
 * it can.
 */
export function reservedFor(settings: AuthSettings, name: string): string | undefined {
  const key = comparableFieldName(name)
  const isOwn = ownHeaders(settings.kind, settings).some((own) => comparableFieldName(own) === key)
  return reservedForAll(name) ?? (isOwn ? 'Set by the authentication type' : undefined)
}
