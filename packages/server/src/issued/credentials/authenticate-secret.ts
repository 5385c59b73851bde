import type { RequestSource } from '../../kernel/context.ts'
import type { FailureCounter } from '../../platform/failure-counter.ts'
import { networkOf } from '../../platform/network.ts'
import { createAuthenticationCache } from './authentication-cache.ts'
import type { CachedCredential } from './credential-cache.ts'
import type { AuthenticatedCredential, RejectionCode } from './decide-use.ts'
import {
  findByClientSecret,
  findBySecret,
  type SecretLookup,
  type SecretLookupDeps,
} from './secret-lookup.ts'

/** A rejected authentication, for the audit log. */
export type Rejection = {
  readonly reason: RejectionCode | 'wrong_secret'
  readonly credential: CachedCredential | undefined
  readonly source: RequestSource
}

/** The result of an authentication. */
export type AuthResult = AuthenticatedCredential | RejectedAuth | BlockedAuth

/** A rejected authentication. Includes the credential when its secret or the signature of its token is valid. */
export type RejectedAuth = {
  readonly kind: 'rejected'
  readonly code: RejectionCode
  readonly credential?: CachedCredential
}

type BlockedAuth = { readonly kind: 'blocked'; readonly retryAfterSeconds: number }

/** A client id and its secret, as a request sends them. */
export type ClientPair = { readonly clientId: string; readonly clientSecret: string }

/**
 * Authenticates secrets, limits brute-force attempts and audits rejections once per burst.
 *
 * `header` is the `Authorization` header, if the secret was sent in it and nowhere else. A successful
 * authentication is cached by that header.
 */
export type SecretAuthenticator = {
  readonly authenticateClient: (
    pair: ClientPair,
    source: RequestSource,
    header?: string,
  ) => Promise<AuthResult>
  readonly authenticateSecret: (
    secret: string,
    source: RequestSource,
    header?: string,
  ) => Promise<AuthResult>
  /** Authenticates a header from the cache, without I/O. Undefined means a cache miss, not a rejection. */
  readonly authenticateCached: (
    header: string,
    source: RequestSource,
  ) => AuthenticatedCredential | undefined
}

/** Dependencies of {@link createSecretAuthenticator}. Failures are counted per client and network, and per network. */
export type SecretAuthenticatorDeps = SecretLookupDeps & {
  readonly failuresPerClient: FailureCounter
  readonly failuresPerNetwork: FailureCounter
  readonly audit: (rejection: Rejection) => Promise<void>
}

/** `client` is empty for a bare secret, which names no client. */
type Attempt = { readonly source: RequestSource; readonly client: string }

const UNKNOWN_NETWORK = 'unknown'

/**
 * Creates the authenticator of secrets. Too many wrong secrets for one client from one network are blocked (HTTP 429).
 * The same client is not blocked in other networks, so an attacker cannot lock a client out. A bare secret
 * has 256 random bits and names no client: its failures are counted per network only.
 */
export function createSecretAuthenticator(deps: SecretAuthenticatorDeps): SecretAuthenticator {
  const rejectAttempt = async (
    lookup: Extract<SecretLookup, { kind: 'rejected' }>,
    { source, client }: Attempt,
  ): Promise<AuthResult> => {
    const network = source.ip === null ? UNKNOWN_NETWORK : networkOf(source.ip)
    deps.failuresPerNetwork.recordFailure(network)
    const clientKey = `${network} ${client}`
    const { code, credential, credentialOfClientId } = lookup
    const known = credential ?? credentialOfClientId
    deps.failuresPerClient.recordFailure(clientKey)
    // One burst for each credential. Unknown clients of a network share one: an attacker could send a new id with
    // every request. The prefix keeps these keys apart from those of the clients, whose text callers choose.
    const burstKey = `audit ${network} ${known?.id ?? ''}`
    if (deps.failuresPerClient.recordFailure(burstKey) === 1) {
      const reason = credentialOfClientId === undefined ? code : 'wrong_secret'
      await deps.audit({ reason, credential: known, source }).catch((error: unknown) => {
        // The burst is not audited yet: reset the counter, so that the next rejection is audited.
        deps.failuresPerClient.undoFailure(burstKey)
        throw error
      })
    }
    return { kind: 'rejected', code, ...(credential === undefined ? {} : { credential }) }
  }
  const cache = createAuthenticationCache(deps)
  const authenticate = async (
    find: () => Promise<SecretLookup>,
    attempt: Attempt & { readonly header: string | undefined },
  ): Promise<AuthResult> => {
    const retryAfterSeconds = blockedForSeconds(deps, attempt)
    if (retryAfterSeconds !== undefined) return { kind: 'blocked', retryAfterSeconds }
    const lookup = await find()
    if (lookup.kind === 'rejected') return rejectAttempt(lookup, attempt)
    if (attempt.header !== undefined) cache.add(attempt.header, lookup)
    return lookup
  }
  return {
    authenticateClient: ({ clientId, clientSecret }, source, header) =>
      authenticate(() => findByClientSecret(deps, clientId, clientSecret), {
        source,
        client: clientId.slice(0, 64),
        header,
      }),
    authenticateSecret: (secret, source, header) =>
      authenticate(() => findBySecret(deps, secret), { source, client: '', header }),
    authenticateCached: (header, source) => {
      const match = cache.find(header)
      if (match === undefined) return undefined
      const client = match.credential.clientId
      return blockedForSeconds(deps, { source, client }) === undefined ? match : undefined
    },
  }
}

function blockedForSeconds(
  { failuresPerClient, failuresPerNetwork }: SecretAuthenticatorDeps,
  { source, client }: Attempt,
): number | undefined {
  if (source.ip === null) return undefined
  const network = networkOf(source.ip)
  const forClient =
    client === '' ? undefined : failuresPerClient.blockedForSeconds(`${network} ${client}`)
  return forClient ?? failuresPerNetwork.blockedForSeconds(network)
}
