/** HTTP fields (headers): their grammar, hop-by-hop fields and reserved fields. */

/** A field name (RFC 9110 §5.1). */
export const FIELD_NAME: RegExp = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** A field value (RFC 9110 §5.5): Latin-1 without line breaks or surrounding white space. May be empty. */
export const FIELD_VALUE: RegExp =
  /^(?:[\x21-\x7E\x80-\xFF](?:[\t\x20-\x7E\x80-\xFF]*[\x21-\x7E\x80-\xFF])?)?$/

/** RFC 9110 §7.6.1 and RFC 7540 §3.2.1. Every field with the prefix `proxy-` is hop-by-hop, too. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Fields that only the HTTP client can set correctly. */
const SET_BY_CLIENT: ReadonlySet<string> = new Set(['host', 'content-length', 'expect'])

/**
 * Returns the form of a name for comparisons: lowercase, with `-` in place of `_`. Servers that follow CGI
 * (RFC 3875 §4.1.18) do not distinguish `X_Api_Key` from `X-Api-Key`.
 */
export function comparableFieldName(name: string): string {
  const lower = name.toLowerCase()
  return lower.includes('_') ? lower.replaceAll('_', '-') : lower
}

/** Whether a field applies to one connection and must not be forwarded. */
export function isHopByHopField(name: string): boolean {
  const key = comparableFieldName(name)
  return HOP_BY_HOP.has(key) || key.startsWith('proxy-')
}

/** Whether only the HTTP client can set a request field: fields of the client, and hop-by-hop fields. */
export function isReservedField(name: string): boolean {
  return SET_BY_CLIENT.has(comparableFieldName(name)) || isHopByHopField(name)
}

const NONE: ReadonlySet<string> = new Set()

/**
 * Returns the fields that `Connection` lists, which are hop-by-hop, too (RFC 9110 §7.6.1), in the form of
 * {@link comparableFieldName}.
 *
 * @param values the values of all `Connection` fields
 */
export function fieldsNamedByConnection(values: readonly string[]): ReadonlySet<string> {
  if (values.length === 0) return NONE
  const options = values.flatMap((value) => value.split(','))
  return new Set(options.map((option) => comparableFieldName(option.trim())))
}
