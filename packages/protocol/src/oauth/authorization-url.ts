/** Authorization requests (RFC 6749 §4.1.1), always with PKCE (RFC 7636). */
import { encodeBase64url } from '../bytes.ts'

/** The parameters of an authorization request. */
export type AuthorizationRequest = {
  /** The authorization endpoint. Its own query is kept. */
  readonly authorizationUrl: string
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly state: string
  /** The result of {@link pkceChallenge}. */
  readonly challenge: string
  /** Vendor parameters, such as `access_type`. Standard parameters take precedence. */
  readonly extraParameters?: Readonly<Record<string, string>> | undefined
}

/**
 * Returns the authorization URL to open in the browser.
 *
 * @throws {TypeError} when the endpoint is not a URL
 * @see RFC 6749 §3.1, §4.1.1, RFC 7636 §4.3
 */
export function authorizationUrl(request: AuthorizationRequest): string {
  const url = new URL(request.authorizationUrl)
  // RFC 6749 §3.1: the endpoint must not have a fragment.
  url.hash = ''
  const standard = {
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    ...(request.scopes.length === 0 ? {} : { scope: request.scopes.join(' ') }),
    state: request.state,
    code_challenge: request.challenge,
    code_challenge_method: 'S256',
  }
  // Extra parameters never set `scope`, even without scopes. `set` also replaces repeated parameters.
  const { scope: _scope, ...extra } = request.extraParameters ?? {}
  for (const [name, value] of Object.entries({ ...extra, ...standard }))
    url.searchParams.set(name, value)
  return url.href
}

/**
 * Returns the PKCE challenge of a verifier, with the method S256.
 *
 * @param verifier 43 to 128 characters of `[A-Za-z0-9._~-]`
 * @see RFC 7636 §4.2
 */
export function pkceChallenge(verifier: string, sha256: (text: string) => Uint8Array): string {
  return encodeBase64url(sha256(verifier))
}
