/** Parses and formats the `Authorization` header, and formats `WWW-Authenticate` challenges. */
import { decodeBase64, decodeUtf8 } from './bytes.ts'
import { FIELD_NAME } from './http-fields.ts'
import { decodeFormComponent, encodeFormComponent } from './oauth/form.ts'

/** A parsed `Authorization` header. */
export type Authorization =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'malformed'; readonly scheme: 'basic' | 'bearer' }
  | { readonly kind: 'unsupported' }

/** Longer headers are malformed. */
const HEADER_LENGTH_MAX = 8_192

const B64TOKEN = /^[A-Za-z0-9._~+/-]+=*$/
const CONTROL = /\p{Cc}/u
const QUOTABLE = /^[\t\x20-\x7e]*$/

/**
 * Parses the value of an `Authorization` header. The scheme is case-insensitive. Both parts of Basic
 * credentials are form-decoded: OAuth clients encode them, and decoding does not change our own client
 * IDs and secrets.
 *
 * @see RFC 9110 §11.4, RFC 7617 §2, RFC 6749 §2.3.1, RFC 6750 §2.1
 * @example parseAuthorization('Basic YTpi') // { kind: 'basic', username: 'a', password: 'b' }
 */
export function parseAuthorization(header: string): Authorization {
  const space = header.indexOf(' ')
  const scheme = (space < 0 ? header : header.slice(0, space)).toLowerCase()
  const hasCredentials = space >= 0 && header.length <= HEADER_LENGTH_MAX
  // RFC 9110 §11.4: one or more spaces, no other white space.
  const credentials = hasCredentials ? header.slice(space).replace(/^ +/, '') : ''
  if (scheme === 'basic') return parseBasic(credentials)
  if (scheme === 'bearer') return parseBearer(credentials)
  return { kind: 'unsupported' }
}

/**
 * Returns the `Authorization` value of an OAuth client, with the scheme Basic. Both parts are form-encoded.
 *
 * @see RFC 6749 §2.3.1
 * @example formatBasicAuthorization({ clientId: 'a', clientSecret: 'b' }) // 'Basic YTpi'
 */
export function formatBasicAuthorization(client: {
  readonly clientId: string
  readonly clientSecret: string
}): string {
  const userPass = [client.clientId, client.clientSecret].map(encodeFormComponent).join(':')
  return `Basic ${btoa(userPass)}`
}

/**
 * Returns a value for `WWW-Authenticate`, with the parameters in the given order.
 *
 * @throws {TypeError} when a name is not a token, or a value is invalid in a quoted string
 * @see RFC 9110 §11.6.1, §5.6.4
 * @example formatChallenge('Basic', { realm: 'keyporter' }) // 'Basic realm="keyporter"'
 */
export function formatChallenge(
  scheme: 'Basic' | 'Bearer',
  parameters: Readonly<Record<string, string>>,
): string {
  const list = Object.entries(parameters).map(([name, value]) => {
    if (!FIELD_NAME.test(name)) throw new TypeError('The name of an auth-param must be a token.')
    return `${name}=${quote(value)}`
  })
  return list.length === 0 ? scheme : `${scheme} ${list.join(', ')}`
}

function parseBasic(credentials: string): Authorization {
  const bytes = decodeBase64(credentials)
  const userPass = bytes === undefined ? undefined : decodeUtf8(bytes)
  const colon = userPass?.indexOf(':') ?? -1
  if (userPass === undefined || colon < 0) return { kind: 'malformed', scheme: 'basic' }

  // RFC 6749 §2.3.1: both parts are form-encoded.
  const username = decodePart(userPass.slice(0, colon))
  const password = decodePart(userPass.slice(colon + 1))
  if (username === undefined || password === undefined) {
    return { kind: 'malformed', scheme: 'basic' }
  }
  return { kind: 'basic', username, password }
}

/** RFC 7617 §2: control characters are not allowed, not even percent-encoded. */
function decodePart(part: string): string | undefined {
  const decoded = decodeFormComponent(part)
  return decoded === undefined || CONTROL.test(decoded) ? undefined : decoded
}

function parseBearer(credentials: string): Authorization {
  return B64TOKEN.test(credentials)
    ? { kind: 'bearer', token: credentials }
    : { kind: 'malformed', scheme: 'bearer' }
}

function quote(value: string): string {
  if (!QUOTABLE.test(value)) throw new TypeError('The value is not valid in a quoted string.')
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}
