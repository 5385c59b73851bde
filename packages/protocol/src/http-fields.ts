/** The fields of HTTP messages, also called headers: their grammar, and the ones that belong to a connection. */

/** A field name (RFC 9110 §5.1). */
export const FIELD_NAME: RegExp = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** A field value (RFC 9110 §5.5): no line breaks, nothing beyond Latin-1, no white space at its ends. It may be empty. */
export const FIELD_VALUE: RegExp =
  /^(?:[\x21-\x7E\x80-\xFF](?:[\t\x20-\x7E\x80-\xFF]*[\x21-\x7E\x80-\xFF])?)?$/

/** RFC 9110 §7.6.1 and, for the last, RFC 7540 §3.2.1. Every field that begins with `proxy-` is one of them. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Written by the HTTP client: they follow from the URL and the body, or promise that the client waits. */
const SET_BY_CLIENT: ReadonlySet<string> = new Set(['host', 'content-length', 'expect'])

/**
 * The name in the form in which names are compared: lower case, with `-` for `_`. CGI and the servers that follow it
 * (RFC 3875 §4.1.18) cannot tell `X_Api_Key` from `X-Api-Key`.
 */
export function comparableFieldName(name: string): string {
  const lower = name.toLowerCase()
  return lower.includes('_') ? lower.replaceAll('_', '-') : lower
}

/** Whether a field is about one connection, and never forwarded. */
export function isHopByHopField(name: string): boolean {
  const key = comparableFieldName(name)
  return HOP_BY_HOP.has(key) || key.startsWith('proxy-')
}

/** Whether the HTTP client alone sets a field of a request: it frames the message or is about the connection. */
export function isReservedField(name: string): boolean {
  return SET_BY_CLIENT.has(comparableFieldName(name)) || isHopByHopField(name)
}

const NONE: ReadonlySet<string> = new Set()

/**
 * The fields that `Connection` names, which end with the connection, too (RFC 9110 §7.6.1).
 *
 * @param values    of all fields of that name
 * @returns the names, comparable
 */
export function fieldsNamedByConnection(values: readonly string[]): ReadonlySet<string> {
  if (values.length === 0) return NONE
  const options = values.flatMap((value) => value.split(','))
  return new Set(options.map((option) => comparableFieldName(option.trim())))
}
