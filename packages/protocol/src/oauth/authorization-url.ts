/** Where a person is sent to give their consent: RFC 6749 §4.1.1, always with PKCE (RFC 7636). */
import { encodeBase64url } from '../bytes.ts'

/** What a consent is asked for with. */
export type AuthorizationRequest = {
  /** The other side's authorization endpoint; a query of its own is kept. */
  readonly authorizationUrl: string
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly state: string
  /** Of {@link pkceChallenge}. */
  readonly challenge: string
  /** Parameters of the other side's own, such as `access_type`; those that we set ourselves win. */
  readonly extraParameters?: Readonly<Record<string, string>> | undefined
}

/**
 * The address to open in a person's browser.
 *
 * @throws {TypeError} when the endpoint is no URL
 * @see RFC 6749 §3.1, §4.1.1, RFC 7636 §4.3
 */
export function authorizationUrl(request: AuthorizationRequest): string {
  const url = new URL(request.authorizationUrl)
  // RFC 6749 §3.1: the endpoint has no fragment.
  url.hash = ''
  const own = {
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    ...(request.scopes.length === 0 ? {} : { scope: request.scopes.join(' ') }),
    state: request.state,
    code_challenge: request.challenge,
    code_challenge_method: 'S256',
  }
  // `scope` is ours also where it is empty; `set` replaces whatever stood there, and repetitions of it.
  const { scope: _scope, ...extra } = request.extraParameters ?? {}
  for (const [name, value] of Object.entries({ ...extra, ...own }))
    url.searchParams.set(name, value)
  return url.href
}

/**
 * The challenge that belongs to a PKCE verifier, by the method S256.
 *
 * @param verifier 43 to 128 characters of `[A-Za-z0-9._~-]`
 * @see RFC 7636 §4.2
 */
export function pkceChallenge(verifier: string, sha256: (text: string) => Uint8Array): string {
  return encodeBase64url(sha256(verifier))
}
