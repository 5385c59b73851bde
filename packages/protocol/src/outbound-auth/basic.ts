import type { AuthOf } from '../auth-types.ts'
import { encodeBase64, encodeUtf8 } from '../bytes.ts'
import { setHeaders } from './header-lines.ts'
import { SigningError } from './request.ts'
import type { RequestAuthenticator } from './request-authenticator.ts'

const CONTROL = /\p{Cc}/u

/**
 * Adds user name and password in UTF-8.
 *
 * @see RFC 7617 §2, §2.1
 */
export const basic: RequestAuthenticator<AuthOf<'basic'>> = {
  ownHeaders: () => ['Authorization'],
  bodyRequirement: () => 'nothing',
  authenticate: (auth, request) => {
    const { password, pair } = preparePair(auth)
    const encoded = encodeBase64(encodeUtf8(pair))
    const value = `Basic ${encoded}`
    return {
      path: request.path,
      query: request.query,
      headers: setHeaders(request.headers, [{ name: 'Authorization', value }]),
      // Redaction finds the encoded pair with and without padding.
      secrets: [auth.password, password, pair, encoded.replace(/={1,2}$/, ''), encoded, value],
      explanation: undefined,
    }
  },
}

/** RFC 7617 §2.1: with UTF-8, both parts are normalized to NFC. */
function preparePair(auth: { username: string; password: string }) {
  const username = auth.username.normalize('NFC')
  const password = auth.password.normalize('NFC')
  if (username.includes(':'))
    throw new SigningError('A user name must not contain a colon (RFC 7617 §2).')
  const pair = `${username}:${password}`
  if (CONTROL.test(pair) || !pair.isWellFormed()) {
    throw new SigningError(
      'User name and password must not contain control characters (RFC 7617 §2).',
    )
  }
  return { password, pair }
}
