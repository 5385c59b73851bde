import { parseAuthorization, parseSecret } from '@keyporter/protocol'
import type { Actor, RequestSource } from '../../kernel/context.ts'
import {
  type AuthenticatedCredential,
  type AuthResult,
  type ClientPair,
  grantedSetOf,
  type RejectedAuth,
  type SecretAuthenticator,
} from '../credentials/index.ts'
import type { TokenResult } from './verify-token.ts'

/** Authenticates requests. One for all endpoints, so that all accept and reject the same credentials. */
export type Authenticator = {
  /** Authenticates an `Authorization` header: Basic, a bearer secret or an access token. Synchronous if it is cached. */
  readonly authenticateHeader: (
    header: string,
    source: RequestSource,
  ) => AuthResult | Promise<AuthResult>
  /** Authenticates a client id and secret that were not sent in a header. */
  readonly authenticateClient: (pair: ClientPair, source: RequestSource) => Promise<AuthResult>
  /** Authenticates an access token. */
  readonly authenticateToken: (token: string) => Promise<TokenResult>
}

/** Dependencies of {@link createAuthenticator}. */
export type AuthenticatorDeps = {
  readonly secrets: SecretAuthenticator
  readonly verifyToken: Authenticator['authenticateToken']
}

const MALFORMED: RejectedAuth = { kind: 'rejected', code: 'malformed' }

/** Creates the authenticator. */
export function createAuthenticator({ secrets, verifyToken }: AuthenticatorDeps): Authenticator {
  return {
    authenticateHeader: (header, source) =>
      secrets.authenticateCached(header, source) ?? authenticateUncached(header, source),
    authenticateClient: (pair, source) => secrets.authenticateClient(pair, source),
    authenticateToken: verifyToken,
  }

  function authenticateUncached(
    header: string,
    source: RequestSource,
  ): AuthResult | Promise<AuthResult> {
    const parsed = parseAuthorization(header)
    if (parsed.kind === 'basic') {
      const { username: clientId, password: clientSecret } = parsed
      return secrets.authenticateClient({ clientId, clientSecret }, source, header)
    }
    if (parsed.kind !== 'bearer') return MALFORMED
    if (isAccessToken(parsed.token)) return verifyToken(parsed.token)
    // A wrong checksum is a typing error: it needs no lookup, and does not count as an attempt.
    if (parseSecret(parsed.token) === undefined) return MALFORMED
    return secrets.authenticateSecret(parsed.token, source, header)
  }
}

/** Whether a text looks like a JWT, as opposed to a credential's secret. */
function isAccessToken(text: string): boolean {
  return text.startsWith('ey') && text.includes('.')
}

/** Returns the actor of an authenticated credential. */
export function toActor(
  authenticated: Pick<AuthenticatedCredential, 'credential' | 'granted'>,
): Extract<Actor, { readonly kind: 'credential' }> {
  const { id, name, organizationId, clientId, environment } = authenticated.credential
  const permissions = grantedSetOf(authenticated)
  return { kind: 'credential', id, name, organizationId, clientId, environment, permissions }
}
