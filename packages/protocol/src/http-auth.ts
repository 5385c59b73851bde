/** The `Authorization` header as servers read it, and the challenge they answer with. */
import { decodeBase64, decodeUtf8 } from './bytes.ts'
import { decodeFormComponent } from './oauth/form.ts'

/** What an `Authorization` header says. */
export type Authorization =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'malformed'; readonly scheme: 'basic' | 'bearer' }
  | { readonly kind: 'unsupported' }

/** Of a longer header nothing is decoded. */
const HEADER_LENGTH_MAX = 8_192

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const B64TOKEN = /^[A-Za-z0-9._~+/-]+=*$/
const CONTROL = /\p{Cc}/u
const QUOTABLE = /^[\t\x20-\x7e]*$/

/**
 * Reads the value of an `Authorization` header. The scheme is compared without case. Both halves
 * of Basic credentials are form-decoded, always: OAuth clients encode them so, some of them every
 * `-` and `_`, and our own ids and secrets have no character that decoding could change.
 *
 * @see RFC 9110 §11.4, RFC 7617 §2, RFC 6749 §2.3.1, RFC 6750 §2.1
 * @example parseAuthorization('Basic YTpi') // { kind: 'basic', username: 'a', password: 'b' }
 */
export function parseAuthorization(header: string): Authorization {
  const space = header.indexOf(' ')
  const scheme = (space < 0 ? header : header.slice(0, space)).toLowerCase()
  const isReadable = space >= 0 && header.length <= HEADER_LENGTH_MAX
  // RFC 9110 §11.4: one space or several, and no other white space.
  const credentials = isReadable ? header.slice(space).replace(/^ +/, '') : ''
  if (scheme === 'basic') return parseBasic(credentials)
  if (scheme === 'bearer') return parseBearer(credentials)
  return { kind: 'unsupported' }
}

/**
 * A value for `WWW-Authenticate`, its parameters in the order given.
 *
 * @throws {TypeError} when a name is no token, or a value cannot stand in a quoted string
 * @see RFC 9110 §11.6.1, §5.6.4
 * @example formatChallenge('Basic', { realm: 'keyporter' }) // 'Basic realm="keyporter"'
 */
export function formatChallenge(
  scheme: 'Basic' | 'Bearer',
  parameters: Readonly<Record<string, string>>,
): string {
  const list = Object.entries(parameters).map(([name, value]) => {
    if (!TOKEN.test(name)) throw new TypeError('The name of an auth-param must be a token.')
    return `${name}=${quote(value)}`
  })
  return list.length === 0 ? scheme : `${scheme} ${list.join(', ')}`
}

function parseBasic(credentials: string): Authorization {
  const bytes = decodeBase64(credentials)
  const userPass = bytes === undefined ? undefined : decodeUtf8(bytes)
  const colon = userPass?.indexOf(':') ?? -1
  if (userPass === undefined || colon < 0) return { kind: 'malformed', scheme: 'basic' }

  // RFC 6749 §2.3.1: each half was form-encoded before they were joined.
  const username = decodeHalf(userPass.slice(0, colon))
  const password = decodeHalf(userPass.slice(colon + 1))
  if (username === undefined || password === undefined) {
    return { kind: 'malformed', scheme: 'basic' }
  }
  return { kind: 'basic', username, password }
}

/** RFC 7617 §2: neither half may contain control characters, however they were written. */
function decodeHalf(half: string): string | undefined {
  const decoded = decodeFormComponent(half)
  return decoded === undefined || CONTROL.test(decoded) ? undefined : decoded
}

function parseBearer(credentials: string): Authorization {
  return B64TOKEN.test(credentials)
    ? { kind: 'bearer', token: credentials }
    : { kind: 'malformed', scheme: 'bearer' }
}

function quote(value: string): string {
  if (!QUOTABLE.test(value)) throw new TypeError('The value has no form as a quoted string.')
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}
