/** What an HTTP message signature covers, as one text (RFC 9421 §2). */
import { findHeader } from './header-lines.ts'
import { percentEncode, readQuery } from './query-parameters.ts'
import { type Header, type OutgoingRequest, SigningError } from './request.ts'

/** A message whose parts are covered; its headers with Host and Content-Length where these are. */
export type SignedMessage =
  | ({ readonly kind: 'request' } & SignedRequest)
  | { readonly kind: 'response'; readonly status: number; readonly headers: readonly Header[] }

/** Of an outgoing request, what a signature can cover. */
export type SignedRequest = Pick<
  OutgoingRequest,
  'method' | 'origin' | 'path' | 'query' | 'headers'
>

/** A header's name in lower case, a derived component such as `@path`, or one query parameter. */
export type SignatureComponent =
  | string
  | { readonly name: '@query-param'; readonly parameter: string }

/** Parameters in their order: whole numbers, and texts of printable ASCII. */
export type SignatureParameters = readonly (readonly [name: string, value: string | number])[]

/** The signed text, and the same components and parameters as `Signature-Input` carries them. */
export type SignatureBase = { readonly base: string; readonly input: string }

const PRINTABLE_ASCII = /^[ -~]*$/

const DERIVED: Record<string, (request: SignedRequest) => string> = {
  '@method': ({ method }) => method,
  '@target-uri': ({ origin, path, query }) => `${origin}${path}${query === '' ? '' : `?${query}`}`,
  '@authority': ({ origin }) => origin.slice(origin.indexOf('//') + 2),
  '@scheme': ({ origin }) => origin.slice(0, origin.indexOf(':')),
  '@request-target': ({ path, query }) => `${path}${query === '' ? '' : `?${query}`}`,
  '@path': ({ path }) => path,
  // RFC 9421 §2.2.7: the question mark stands there even where there is no query.
  '@query': ({ query }) => `?${query}`,
}

/**
 * The signature base of a message.
 *
 * @throws {SigningError} when a component is not in the message or is no component, or when a parameter
 *   has no form as a structured field
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
    const identifier = writeIdentifier(component)
    base += `${identifier}: ${componentValue(message, component)}\n`
    list += list === '' ? identifier : ` ${identifier}`
  }
  let input = `(${list})`
  for (const [name, value] of parameters) input += `;${name}=${writeParameter(value)}`
  return { base: `${base}"@signature-params": ${input}`, input }
}

function writeIdentifier(component: SignatureComponent): string {
  if (typeof component === 'string') return `"${component}"`
  return `"${component.name}";name=${writeParameter(encodeParameter(component.parameter))}`
}

function componentValue(message: SignedMessage, component: SignatureComponent): string {
  if (typeof component !== 'string') return queryParameter(message, component.parameter)
  if (!component.startsWith('@')) return fieldValue(message.headers, component)
  if (message.kind === 'response') {
    if (component === '@status') return String(message.status)
    throw new SigningError('A response has no such component.')
  }
  const derive = Object.hasOwn(DERIVED, component) ? DERIVED[component] : undefined
  if (derive === undefined) throw new SigningError('A request has no such component.')
  return derive(message)
}

/** RFC 9421 §2.1: values without white space at their ends, joined by a comma and a space. */
function fieldValue(headers: readonly Header[], name: string): string {
  const value = findHeader(headers, name)
  if (value === undefined) throw new SigningError('A header that the signature covers is missing.')
  return value
}

/** RFC 9421 §2.2.8: decoded as a form is, and encoded anew; one that is repeated cannot be covered. */
function queryParameter(message: SignedMessage, name: string): string {
  const query = message.kind === 'request' ? message.query : ''
  const [found, ...others] = readQuery(query).filter((each) => each.name === name)
  if (found === undefined || others.length > 0) {
    throw new SigningError('A query parameter that the signature covers must stand there once.')
  }
  return encodeParameter(found.value)
}

/** The set of characters that a form leaves as they are (URL Standard §1.3), a space as `%20`. */
function encodeParameter(text: string): string {
  return percentEncode(text).replaceAll('%2A', '*').replaceAll('~', '%7E')
}

/** RFC 8941 §4.1.4, §4.1.6. */
function writeParameter(value: string | number): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new SigningError('A parameter is no whole number.')
    return String(value)
  }
  if (!PRINTABLE_ASCII.test(value)) {
    throw new SigningError('A signature parameter holds printable ASCII alone.')
  }
  return /["\\]/.test(value) ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : `"${value}"`
}
