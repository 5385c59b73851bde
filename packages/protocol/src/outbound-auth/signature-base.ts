/** The signature base of HTTP message signatures (RFC 9421 §2). */
import { findHeader } from './header-lines.ts'
import { percentEncode, readQuery } from './query-parameters.ts'
import { type Header, type OutgoingRequest, SigningError } from './request.ts'

/** A message to sign. If Host or Content-Length are covered, the headers must include them. */
export type SignedMessage =
  | ({ readonly kind: 'request' } & SignedRequest)
  | { readonly kind: 'response'; readonly status: number; readonly headers: readonly Header[] }

/** The parts of an outgoing request that a signature can cover. */
export type SignedRequest = Pick<
  OutgoingRequest,
  'method' | 'origin' | 'path' | 'query' | 'headers'
>

/** A lowercase header name, a derived component such as `@path`, a query parameter, or a dictionary member. */
export type SignatureComponent =
  | string
  | { readonly name: '@query-param'; readonly parameter: string }
  /** RFC 9421 §2.1.2. `member` is the serialized value of the member. */
  | { readonly name: string; readonly key: string; readonly member: string }

/** Ordered parameters: integers, and strings of printable ASCII. */
export type SignatureParameters = readonly (readonly [name: string, value: string | number])[]

/** The signature base, and the matching value for `Signature-Input`. */
export type SignatureBase = { readonly base: string; readonly input: string }

const PRINTABLE_ASCII = /^[ -~]*$/

const DERIVED: Record<string, (request: SignedRequest) => string> = {
  '@method': ({ method }) => method,
  '@target-uri': ({ origin, path, query }) => `${origin}${path}${query === '' ? '' : `?${query}`}`,
  '@authority': ({ origin }) => origin.slice(origin.indexOf('//') + 2),
  '@scheme': ({ origin }) => origin.slice(0, origin.indexOf(':')),
  '@request-target': ({ path, query }) => `${path}${query === '' ? '' : `?${query}`}`,
  '@path': ({ path }) => path,
  // RFC 9421 §2.2.7: an absent query is a question mark.
  '@query': ({ query }) => `?${query}`,
}

/**
 * Returns the signature base of a message.
 *
 * @throws {SigningError} when a component is unknown or missing from the message, or a parameter is not
 *   valid in a structured field
 * @see RFC 9421 §2.5, §2.3
 * @example
 * signatureBase({ kind: 'request', ...request }, ['@method'], [['created', 1618884473]]).base
 * // '"@method": GET\n"@signature-params": ("@method");created=1618884473'
 */
export function signatureBase(
  message: SignedMessage,
  components: readonly SignatureComponent[],
  parameters: SignatureParameters,
): SignatureBase {
  let base = ''
  let list = ''
  for (const component of components) {
    const identifier = formatIdentifier(component)
    base += `${identifier}: ${componentValue(message, component)}\n`
    list += list === '' ? identifier : ` ${identifier}`
  }
  let input = `(${list})`
  for (const [name, value] of parameters) input += `;${name}=${formatParameter(value)}`
  return { base: `${base}"@signature-params": ${input}`, input }
}

function formatIdentifier(component: SignatureComponent): string {
  if (typeof component === 'string') return `"${component}"`
  if ('key' in component) return `"${component.name}";key=${formatString(component.key)}`
  return `"${component.name}";name=${formatParameter(encodeParameter(component.parameter))}`
}

function componentValue(message: SignedMessage, component: SignatureComponent): string {
  if (typeof component !== 'string') {
    return 'key' in component ? component.member : queryParameter(message, component.parameter)
  }
  if (!component.startsWith('@')) return fieldValue(message.headers, component)
  if (message.kind === 'response') {
    if (component === '@status') return String(message.status)
    throw new SigningError('A response does not have this component.')
  }
  const derive = Object.hasOwn(DERIVED, component) ? DERIVED[component] : undefined
  if (derive === undefined) throw new SigningError('A request does not have this component.')
  return derive(message)
}

/** RFC 9421 §2.1: trimmed values, joined by a comma and a space. */
function fieldValue(headers: readonly Header[], name: string): string {
  const value = findHeader(headers, name)
  if (value === undefined) throw new SigningError('A signed header is missing.')
  return value
}

/** RFC 9421 §2.2.8: form-decoded, then re-encoded. A repeated parameter cannot be signed. */
function queryParameter(message: SignedMessage, name: string): string {
  const query = message.kind === 'request' ? message.query : ''
  const [found, ...others] = readQuery(query).filter((each) => each.name === name)
  if (found === undefined || others.length > 0) {
    throw new SigningError('A signed query parameter must occur exactly once.')
  }
  return encodeParameter(found.value)
}

/** Encodes like a form (URL Standard §1.3), but a space as `%20`. */
function encodeParameter(text: string): string {
  return percentEncode(text).replaceAll('%2A', '*').replaceAll('~', '%7E')
}

/** RFC 8941 §4.1.4. */
function formatParameter(value: string | number): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value))
      throw new SigningError('A numeric signature parameter must be an integer.')
    return String(value)
  }
  return formatString(value)
}

/**
 * Returns a string of a structured field.
 *
 * @throws {SigningError} when the value is not printable ASCII
 * @see RFC 8941 §4.1.6
 */
export function formatString(value: string): string {
  if (!PRINTABLE_ASCII.test(value)) {
    throw new SigningError('A signature parameter must be printable ASCII.')
  }
  return /["\\]/.test(value) ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : `"${value}"`
}
